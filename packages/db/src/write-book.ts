import { sql } from 'kysely'
import { type Book } from './book.ts'
import { mergeContacts } from './merges.ts'
import { never, type Person, survivorOf } from './person.ts'
import { type Db } from './schema.ts'

/**
 * Writes what changed in a book. False when somebody else made one of its new contacts at the same moment, or merged one
 * that is here: then the book is out of date, and has to be loaded and linked again.
 */
export async function writeBook(trx: Db, tenantId: string, book: Book): Promise<boolean> {
  const moved = [...book.changed].filter(hasOtherIds)
  // In this order, since no id may stand in two contacts at any moment.
  await mergeContacts(trx, tenantId, book.merges)
  await vacate(trx, moved)
  if (!(await insertNew(trx, tenantId, book))) return false
  await writeIds(trx, moved)
  const known = [...book.changed].filter(({ before }) => before !== undefined)
  if (!(await writeProfiles(trx, known))) return false
  await writeAliases(trx, tenantId, book)
  return true
}

function hasOtherIds({ before, waId, userId }: Person): boolean {
  return before !== undefined && (before.waId !== waId?.value || before.userId !== userId?.value)
}

const idOf = ({ id }: Person): number => id ?? 0
const dateOf = (at: number | undefined): Date | null => (at === undefined || at === never ? null : new Date(at))

async function vacate(trx: Db, persons: Person[]): Promise<void> {
  const leaving = persons.filter(({ before, waId }) => before?.waId !== undefined && before.waId !== waId?.value)
  if (leaving.length === 0) return
  await sql`
    update contacts c set wa_id = i.wa_id
    from unnest(${leaving.map(idOf)}::bigint[], ${leaving.map(placeholderOf)}::text[]) as i (id, wa_id)
    where c.id = i.id`.execute(trx)
}

/** A contact without a user id needs some id until it gets its new number, a few statements on. */
function placeholderOf({ id, before }: Person): string | null {
  return before?.userId === undefined ? `leaving ${id}` : null
}

async function insertNew(trx: Db, tenantId: string, { persons }: Book): Promise<boolean> {
  const fresh = [...persons].filter(({ before }) => before === undefined).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  if (fresh.length === 0) return true
  const column = <T>(pick: (person: Person) => T): T[] => fresh.map(pick)
  const { rows } = await sql<{ id: number; wa_id: string | null; user_id: string | null }>`
    insert into contacts (tenant_id, wa_id, wa_id_at, user_id, user_id_at, parent_user_id, profile_name, profile_at,
      username, username_at)
    select ${tenantId}, * from unnest(
      ${column(({ waId }) => waId?.value ?? null)}::text[],
      ${column(({ waId }) => dateOf(waId?.at))}::timestamptz[],
      ${column(({ userId }) => userId?.value ?? null)}::text[],
      ${column(({ userId }) => dateOf(userId?.at))}::timestamptz[],
      ${column(({ parentUserId }) => parentUserId ?? null)}::text[],
      ${column(({ name }) => name.value)}::text[],
      ${column(({ name }) => dateOf(name.at))}::timestamptz[],
      ${column(({ username }) => username?.value ?? null)}::text[],
      ${column(({ username }) => dateOf(username?.at))}::timestamptz[]
    )
    on conflict do nothing
    returning id, wa_id, user_id`.execute(trx)
  const ids = new Map(rows.map((row) => [`${row.wa_id ?? ''} ${row.user_id ?? ''}`, row.id]))
  for (const person of fresh) person.id = ids.get(keyOf(person))
  return rows.length === fresh.length
}

function keyOf({ waId, userId }: Person): string {
  return `${waId?.value ?? ''} ${userId?.value ?? ''}`
}

async function writeIds(trx: Db, persons: Person[]): Promise<void> {
  if (persons.length === 0) return
  const column = <T>(pick: (person: Person) => T): T[] => persons.map(pick)
  await sql`
    update contacts c
    set wa_id = i.wa_id, wa_id_at = i.wa_at, user_id = i.user_id, user_id_at = i.user_at, parent_user_id = i.parent_user_id
    from unnest(
      ${column(idOf)}::bigint[],
      ${column(({ waId }) => waId?.value ?? null)}::text[],
      ${column(({ waId }) => dateOf(waId?.at))}::timestamptz[],
      ${column(({ userId }) => userId?.value ?? null)}::text[],
      ${column(({ userId }) => dateOf(userId?.at))}::timestamptz[],
      ${column(({ parentUserId }) => parentUserId ?? null)}::text[]
    ) as i (id, wa_id, wa_at, user_id, user_at, parent_user_id)
    where c.id = i.id`.execute(trx)
}

/** Names and times by the same rule as in memory, since others may write them at the same moment. */
async function writeProfiles(trx: Db, persons: Person[]): Promise<boolean> {
  if (persons.length === 0) return true
  const sorted = [...persons].sort((a, b) => idOf(a) - idOf(b))
  const column = <T>(pick: (person: Person) => T): T[] => sorted.map(pick)
  const { numAffectedRows } = await sql`
    update contacts c
    set profile_name = case when i.name_at >= coalesce(c.profile_at, '-infinity')
        and (i.name_at > coalesce(c.profile_at, '-infinity') or i.name collate "C" > c.profile_name)
        then i.name else c.profile_name end,
      profile_at = greatest(c.profile_at, i.name_at),
      username = case when i.username_at >= coalesce(c.username_at, '-infinity')
        and (i.username_at > coalesce(c.username_at, '-infinity') or i.username collate "C" > coalesce(c.username, ''))
        then i.username else c.username end,
      username_at = greatest(c.username_at, i.username_at),
      wa_id_at = case when c.wa_id = i.wa_id then greatest(c.wa_id_at, i.wa_at) else c.wa_id_at end,
      user_id_at = case when c.user_id = i.user_id then greatest(c.user_id_at, i.user_at) else c.user_id_at end,
      parent_user_id = case when c.user_id = i.user_id then coalesce(i.parent_user_id, c.parent_user_id)
        else c.parent_user_id end,
      opted_out = case when i.opt_at >= coalesce(c.opt_at, '-infinity') then i.opted_out else c.opted_out end,
      opt_at = greatest(c.opt_at, i.opt_at)
    from unnest(
      ${column(idOf)}::bigint[],
      ${column(({ name }) => name.value)}::text[],
      ${column(({ name }) => dateOf(name.at))}::timestamptz[],
      ${column(({ username }) => username?.value ?? null)}::text[],
      ${column(({ username }) => dateOf(username?.at))}::timestamptz[],
      ${column(({ waId }) => waId?.value ?? null)}::text[],
      ${column(({ waId }) => dateOf(waId?.at))}::timestamptz[],
      ${column(({ userId }) => userId?.value ?? null)}::text[],
      ${column(({ userId }) => dateOf(userId?.at))}::timestamptz[],
      ${column(({ parentUserId }) => parentUserId ?? null)}::text[],
      ${column(({ optedOut }) => optedOut.value)}::boolean[],
      ${column(({ optedOut }) => dateOf(optedOut.at))}::timestamptz[]
    ) as i (id, name, name_at, username, username_at, wa_id, wa_at, user_id, user_at, parent_user_id, opted_out, opt_at)
    where c.id = i.id and c.merged_into is null`.execute(trx)
  return Number(numAffectedRows ?? 0) === sorted.length
}

async function writeAliases(trx: Db, tenantId: string, { newAliases }: Book): Promise<void> {
  const [kept, dropped] = [[...newAliases], [...newAliases]].map((all, index) =>
    all.filter(({ until }) => (until === never) === (index === 1))
  )
  if (dropped && dropped.length > 0) {
    await sql`
      delete from contact_aliases a
      using unnest(${dropped.map(({ kind }) => kind)}::text[], ${dropped.map(({ value }) => value)}::text[]) as i (kind, value)
      where a.tenant_id = ${tenantId} and a.kind = i.kind and a.value = i.value`.execute(trx)
  }
  if (!kept || kept.length === 0) return
  await sql`
    insert into contact_aliases (tenant_id, kind, value, contact_id, until)
    select ${tenantId}, * from unnest(
      ${kept.map(({ kind }) => kind)}::text[],
      ${kept.map(({ value }) => value)}::text[],
      ${kept.map(({ person }) => idOf(survivorOf(person)))}::bigint[],
      ${kept.map(({ until }) => (Number.isFinite(until) ? new Date(until).toISOString() : 'infinity'))}::timestamptz[]
    )
    on conflict (tenant_id, kind, value) do update set contact_id = excluded.contact_id, until = excluded.until
  `.execute(trx)
}
