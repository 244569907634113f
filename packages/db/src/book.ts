import { sql } from 'kysely'
import { type AliasKind, forever, never, newer, newerOf, type Person, survivorOf } from './person.ts'
import { type Db } from './schema.ts'

type Alias = { kind: AliasKind; value: string; person: Person; until: number }

/**
 * The contacts that some ids lead to, by their present ids and by former ones: changed in memory by `link`, and written
 * by `writeBook`.
 */
export type Book = {
  persons: Set<Person>
  byWaId: Map<string, Person>
  byUserId: Map<string, Person>
  aliases: Map<string, Alias>
  /** What has to be written. */
  changed: Set<Person>
  newAliases: Set<Alias>
  merges: { from: Person; into: Person; reason: string }[]
  /** Whether ids changed hands: nobody else may do the same at the same time. */
  isDelicate: boolean
}

type Row = {
  id: number
  wa_id: string | null
  wa_at: number | null
  user_id: string | null
  user_at: number | null
  parent_user_id: string | null
  name: string
  name_at: number | null
  username: string | null
  username_at: number | null
  opted_out: boolean
  opt_at: number | null
  kind: AliasKind | null
  value: string | null
  until: number | null
}

const columns = sql`c.id, c.wa_id, (extract(epoch from c.wa_id_at) * 1000)::float8 as wa_at,
  c.user_id, (extract(epoch from c.user_id_at) * 1000)::float8 as user_at, c.parent_user_id,
  c.profile_name as name, (extract(epoch from c.profile_at) * 1000)::float8 as name_at,
  c.username, (extract(epoch from c.username_at) * 1000)::float8 as username_at,
  c.opted_out, (extract(epoch from c.opt_at) * 1000)::float8 as opt_at`

/** A book in which nobody stands. */
export function emptyBook(): Book {
  return {
    persons: new Set(),
    byWaId: new Map(),
    byUserId: new Map(),
    aliases: new Map(),
    changed: new Set(),
    newAliases: new Set(),
    merges: [],
    isDelicate: false
  }
}

/** The contacts of a tenant that these ids lead to. */
export async function loadBook(trx: Db, tenantId: string, waIds: string[], userIds: string[]): Promise<Book> {
  const book = emptyBook()
  const { rows } = await sql<Row>`
    select ${columns}, null as kind, null as value, null as until
    from contacts c
    where c.tenant_id = ${tenantId} and (c.wa_id = any(${waIds}::text[]) or c.user_id = any(${userIds}::text[]))
    union all
    select ${columns}, a.kind, a.value, (extract(epoch from a.until) * 1000)::float8
    from contact_aliases a join contacts c on c.tenant_id = a.tenant_id and c.id = a.contact_id
    where a.tenant_id = ${tenantId} and (
      (a.kind = 'phone' and a.value = any(${waIds}::text[])) or (a.kind = 'user' and a.value = any(${userIds}::text[])))
  `.execute(trx)
  const byId = new Map<number, Person>()
  for (const row of rows) {
    const person = byId.get(row.id) ?? addPerson(book, personOf(row))
    byId.set(row.id, person)
    if (row.kind === null || row.value === null) continue
    const alias = { kind: row.kind, value: row.value, person, until: row.until ?? forever }
    book.aliases.set(`${row.kind}:${row.value}`, alias)
  }
  return book
}

function personOf(row: Row): Person {
  return {
    id: row.id,
    waId: row.wa_id === null ? undefined : { value: row.wa_id, at: row.wa_at ?? never },
    userId: row.user_id === null ? undefined : { value: row.user_id, at: row.user_at ?? never },
    parentUserId: row.parent_user_id ?? undefined,
    name: { value: row.name, at: row.name_at ?? never },
    username: row.username === null ? undefined : { value: row.username, at: row.username_at ?? never },
    optedOut: { value: row.opted_out, at: row.opt_at ?? never },
    mergedInto: undefined,
    before: {
      waId: row.wa_id ?? undefined,
      userId: row.user_id ?? undefined,
      name: row.name,
      username: row.username ?? undefined
    }
  }
}

/** Enters a person under their ids. */
export function addPerson(book: Book, person: Person): Person {
  book.persons.add(person)
  if (person.waId) book.byWaId.set(person.waId.value, person)
  if (person.userId) book.byUserId.set(person.userId.value, person)
  return person
}

/** Whose number this was at a time: a former holder's up to the day they changed it, then the present one's. */
export function findByWaId(book: Book, waId: string | undefined, at: number): Person | undefined {
  return waId === undefined ? undefined : (findByFormerWaId(book, waId, at) ?? book.byWaId.get(waId))
}

/** Who had this number at a time, and has another one now. */
export function findByFormerWaId(book: Book, waId: string | undefined, at: number): Person | undefined {
  const alias = book.aliases.get(`phone:${waId}`)
  return alias && at <= alias.until ? survivorOf(alias.person) : undefined
}

/** A person's user id went out of use at a time, and we do not know the new one yet. */
export function retireUserId(book: Book, person: Person, at: number): void {
  if (!person.userId) return
  addAlias(book, 'user', person.userId.value, person, at)
  person.userId = undefined
  person.parentUserId = undefined
  book.changed.add(person)
}

/** Whose user id this is or was: they are never given to another. */
export function findByUserId(book: Book, userId: string | undefined): Person | undefined {
  if (userId === undefined) return undefined
  const alias = book.aliases.get(`user:${userId}`)
  return book.byUserId.get(userId) ?? (alias && survivorOf(alias.person))
}

/** Gives a person a present number; what they had before stays theirs as a former one. */
export function setWaId(book: Book, person: Person, waId: string, at: number): void {
  if (person.waId && person.waId.value !== waId) addAlias(book, 'phone', person.waId.value, person, at)
  else if (person.id !== undefined && !person.waId) book.isDelicate = true
  person.waId = { value: waId, at }
  book.byWaId.set(waId, person)
  dropAlias(book, 'phone', waId, person)
  book.changed.add(person)
}

/** Gives a person a present user id; what they had before stays theirs as a former one. */
export function setUserId(book: Book, person: Person, userId: string, at: number): void {
  if (person.userId && person.userId.value !== userId) addAlias(book, 'user', person.userId.value, person, at)
  else if (person.id !== undefined && !person.userId) book.isDelicate = true
  person.userId = { value: userId, at }
  book.byUserId.set(userId, person)
  dropAlias(book, 'user', userId, person)
  book.changed.add(person)
}

/** Notes a former id of a person, or one that stands for them, up to a time. */
export function addAlias(book: Book, kind: AliasKind, value: string, person: Person, until: number): void {
  const holders = kind === 'phone' ? book.byWaId : book.byUserId
  if (holders.get(value) === person) holders.delete(value)
  const before = book.aliases.get(`${kind}:${value}`)
  if (before && survivorOf(before.person) === person && before.until >= until) return
  const alias = { kind, value, person, until: Math.max(until, before?.until ?? never) }
  if (before) book.newAliases.delete(before)
  book.aliases.set(`${kind}:${value}`, alias)
  book.newAliases.add(alias)
  book.isDelicate = true
}

/** What a person has again is no former id of theirs. */
function dropAlias(book: Book, kind: AliasKind, value: string, person: Person): void {
  const alias = book.aliases.get(`${kind}:${value}`)
  if (!alias || survivorOf(alias.person) !== person) return
  alias.until = never
  book.newAliases.add(alias)
}

/** Two contacts are one person: the older one stays, with the newer of all that was told of either. */
export function merge(book: Book, a: Person, b: Person, reason: string): Person {
  if (a === b) return a
  const [into, from] = isOlder(a, b) ? [a, b] : [b, a]
  from.mergedInto = into
  book.persons.delete(from)
  book.changed.delete(from)
  const [waId, userId] = [newerOf(into.waId, from.waId), newerOf(into.userId, from.userId)]
  const leftWaIds = [into.waId, from.waId].filter((told) => told && told.value !== waId?.value)
  const leftUserIds = [into.userId, from.userId].filter((told) => told && told.value !== userId?.value)
  if (userId !== into.userId) into.parentUserId = from.parentUserId
  into.parentUserId ??= from.parentUserId
  into.waId = waId
  into.userId = userId
  into.name = newer(into.name, from.name)
  into.username = newerOf(into.username, from.username)
  into.optedOut = newer(into.optedOut, from.optedOut)
  if (waId) book.byWaId.set(waId.value, into)
  if (userId) book.byUserId.set(userId.value, into)
  for (const told of leftWaIds) if (told) replaceHolder(book, 'phone', told.value, into, waId?.at ?? never)
  for (const told of leftUserIds) if (told) replaceHolder(book, 'user', told.value, into, userId?.at ?? never)
  book.changed.add(into)
  book.isDelicate = true
  if (from.id !== undefined) book.merges.push({ from, into, reason })
  return into
}

function replaceHolder(book: Book, kind: AliasKind, value: string, person: Person, until: number): void {
  const holders = kind === 'phone' ? book.byWaId : book.byUserId
  holders.delete(value)
  addAlias(book, kind, value, person, until)
}

function isOlder(a: Person, b: Person): boolean {
  return (a.id ?? forever) <= (b.id ?? forever)
}
