import { sql } from 'kysely'
import { type Person, survivorOf } from './person.ts'
import { type Db } from './schema.ts'

export type Merge = { from: Person; into: Person; reason: string }

/**
 * Makes one contact of two: everything of the one is the other's from now on, its id leads there, and a row of
 * `contact_merges` tells of it. Its own ids are free for the other to have.
 */
export async function mergeContacts(trx: Db, tenantId: string, merges: Merge[]): Promise<void> {
  if (merges.length === 0) return
  const from = merges.map((merge) => merge.from.id ?? 0)
  const into = merges.map((merge) => survivorOf(merge.into).id ?? 0)
  const pairs = sql`unnest(${from}::bigint[], ${into}::bigint[]) as i (from_id, into_id)`
  // First: whoever is about to write a row of the merged contact's is waited for, and waits from here on. An update alone
  // would not do: it gives way to those who only refer to the row.
  await sql`
    select from contacts where tenant_id = ${tenantId} and id = any(${from}::bigint[]) order by id for update`.execute(
    trx
  )
  await sql`
    update contacts c set merged_into = i.into_id, wa_id = null, user_id = null
    from ${pairs} where c.tenant_id = ${tenantId} and c.id = i.from_id`.execute(trx)
  await sql`
    update contacts c set merged_into = i.into_id
    from ${pairs} where c.tenant_id = ${tenantId} and c.merged_into = i.from_id`.execute(trx)
  await sql`
    insert into contact_merges (tenant_id, contact_id, into_id, reason)
    select ${tenantId}, from_id, into_id, reason
    from unnest(${from}::bigint[], ${into}::bigint[], ${merges.map(({ reason }) => reason)}::text[])
      as i (from_id, into_id, reason)
    on conflict do nothing`.execute(trx)
  await sql`
    update contact_aliases a set contact_id = i.into_id
    from ${pairs} where a.tenant_id = ${tenantId} and a.contact_id = i.from_id`.execute(trx)
  await moveRows(trx, tenantId, pairs)
}

async function moveRows(trx: Db, tenantId: string, pairs: ReturnType<typeof sql>): Promise<void> {
  await sql`
    update messages m set contact_id = i.into_id
    from ${pairs} where m.tenant_id = ${tenantId} and m.contact_id = i.from_id`.execute(trx)
  await moveWindows(trx, sql`select ${tenantId}::uuid as tenant_id, * from ${pairs}`)
}

async function moveWindows(trx: Db, pairs: ReturnType<typeof sql>): Promise<void> {
  await sql`
    with moved as (
      delete from windows w using (${pairs}) i
      where w.tenant_id = i.tenant_id and w.contact_id = i.from_id
      returning w.tenant_id, i.into_id, w.phone_number_id, w.last_at
    )
    insert into windows (tenant_id, contact_id, phone_number_id, last_at)
    select tenant_id, into_id, phone_number_id, max(last_at) from moved group by tenant_id, into_id, phone_number_id
    order by tenant_id, into_id, phone_number_id
    on conflict (tenant_id, contact_id, phone_number_id)
      do update set last_at = greatest(windows.last_at, excluded.last_at)`.execute(trx)
}

/**
 * Moves what was written for a contact while it was merged: a send, or a window, may have looked it up just before. Returns
 * how many messages that were.
 */
export async function repairMerged(db: Db, withinMs: number): Promise<number> {
  const { numAffectedRows } = await sql`
    update messages m set contact_id = c.merged_into
    from contact_merges g join contacts c on c.tenant_id = g.tenant_id and c.id = g.contact_id
    where g.at > now() - ${withinMs} * interval '1 millisecond'
      and m.tenant_id = g.tenant_id and m.contact_id = g.contact_id and c.merged_into is not null`.execute(db)
  await moveWindows(
    db,
    sql`
      select c.tenant_id, c.id as from_id, c.merged_into as into_id
      from contact_merges g join contacts c on c.tenant_id = g.tenant_id and c.id = g.contact_id
      where g.at > now() - ${withinMs} * interval '1 millisecond' and c.merged_into is not null`
  )
  return Number(numAffectedRows ?? 0)
}
