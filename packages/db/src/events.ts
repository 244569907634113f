import { type Event, type EventData, type EventType } from '@wag/contracts'
import { sql } from 'kysely'
import { type Db } from './schema.ts'

/** An event that has not got its number yet. */
export type NewEvent = {
  tenantId: string
  type: EventType
  contactId?: number
  messageId?: string
  data: EventData
}

/** An event with the tenant and the contact that decide who may see it. */
export type StoredEvent = Event & { tenantId: string; contactId: number | null; messageId: string | null }

/** Where a tenant's log ends. */
export type LogEnd = { tenantId: string; seq: number }

/**
 * Appends events as the last statement of the transaction that made the changes they tell of. The tenant's counter row
 * is locked from here to the commit, so a tenant's numbers have no gaps and are committed in their order: a reader that
 * has seen n will never find a smaller one appear later. Returns where the logs end now.
 */
export async function appendEvents(trx: Db, events: NewEvent[]): Promise<LogEnd[]> {
  if (events.length === 0) return []
  const { rows } = await sql<{ tenant_id: string; seq: number }>`
    with input as (
      select * from unnest(
        ${events.map((e) => e.tenantId)}::uuid[],
        ${events.map((e) => e.type)}::text[],
        ${events.map((e) => e.contactId ?? null)}::bigint[],
        ${events.map((e) => e.messageId ?? null)}::uuid[],
        ${events.map((e) => JSON.stringify(e.data))}::json[]
      ) with ordinality as t (tenant_id, type, contact_id, message_id, data, place)
    ), counts as (
      select tenant_id, count(*) as many from input group by tenant_id
    ), counters as (
      -- A tenant that was made without its counter gets one: an update alone would lose its events without a word.
      insert into event_counters as c (tenant_id, seq)
      select tenant_id, many from counts order by tenant_id
      on conflict (tenant_id) do update set seq = c.seq + excluded.seq
      returning c.tenant_id, c.seq
    ), appended as (
      insert into events (tenant_id, seq, type, at, contact_id, message_id, data)
      select i.tenant_id, c.seq - n.many + row_number() over (partition by i.tenant_id order by i.place),
        i.type, clock_timestamp(), i.contact_id, i.message_id, i.data
      from input i join counters c on c.tenant_id = i.tenant_id join counts n on n.tenant_id = i.tenant_id
    )
    select tenant_id, seq from counters`.execute(trx)
  return rows.map((row) => ({ tenantId: row.tenant_id, seq: row.seq }))
}

/** A tenant's events after `after` and up to `upTo`, in order. */
export async function readEvents(db: Db, tenantId: string, after: number, upTo: number): Promise<StoredEvent[]> {
  const rows = await db
    .selectFrom('events')
    .select(['seq', 'type', 'at', 'contact_id', 'message_id', 'data'])
    .where('tenant_id', '=', tenantId)
    .where('seq', '>', after)
    .where('seq', '<=', upTo)
    .orderBy('seq')
    .execute()
  return rows.map((row) => ({
    tenantId,
    seq: row.seq,
    type: row.type,
    at: row.at.toISOString(),
    contactId: row.contact_id,
    messageId: row.message_id,
    data: row.data
  }))
}

/** The number of a tenant's newest event; 0 when there is none. */
export async function lastSeq(db: Db, tenantId: string): Promise<number> {
  const row = await db.selectFrom('event_counters').select('seq').where('tenant_id', '=', tenantId).executeTakeFirst()
  return row?.seq ?? 0
}

/** The number of the oldest event that is still kept; undefined when there is none. */
export async function oldestSeq(db: Db, tenantId: string): Promise<number | undefined> {
  const { rows } = await sql<{ seq: number | null }>`
    select min(seq) as seq from events where tenant_id = ${tenantId}`.execute(db)
  return rows[0]?.seq ?? undefined
}
