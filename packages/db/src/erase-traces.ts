import { sql } from 'kysely'
import { type EraseProgress, type EraseTask } from './erase-task.ts'
import { type Db } from './schema.ts'
import { bytesSpeakOf, textSpeaksOf } from './traces.ts'

/** Rows that one step looks through, and bytes of bodies: what a statement does in much less than a second. */
const rowsMax = 2_000
const bodyBytesMax = 4 * 1024 * 1024
const eventsMax = 20_000

/** Statuses of messages that nobody knows, and which name the person: by number, or by a wamid that holds it. */
export async function eraseParked(trx: Db, { tenantId, identity, place }: EraseTask): Promise<EraseProgress> {
  const from = place ?? '-infinity'
  // Many rows may be of one moment, that of their transaction: a page ends between two moments.
  const { rows } = await sql<{ until: string }>`
    select received_at::text as until from statuses
    where message_id is null and received_at > ${from}::timestamptz
    order by received_at offset ${rowsMax} limit 1`.execute(trx)
  const until = rows[0]?.until
  const { numAffectedRows = 0n } = await sql`
    delete from statuses
    where tenant_id = ${tenantId} and message_id is null
      and received_at > ${from}::timestamptz and received_at <= ${until ?? 'infinity'}::timestamptz
      and ${textSpeaksOf(sql`wamid || ' ' || participant || ' ' || content::text`, identity)}`.execute(trx)
  return { place: until, counts: { statuses: Number(numAffectedRows) } }
}

/**
 * Empties the raw webhooks that came before the erasure and speak of the person. What they say of others has been applied by
 * then: one that still waits for ingest is waited for.
 */
export async function eraseInbox(trx: Db, task: EraseTask): Promise<EraseProgress> {
  const { tenantId, identity, place, requestedAt } = task
  const isAfter = place === null ? sql`true` : sql`id > ${place}`
  const { rows } = await sql<{ id: string; speaks: boolean; waits: boolean }>`
    with page as (
      select id, body, processed_at, sum(octet_length(body)) over (order by id) - octet_length(body) as before
      from (
        select id, body, processed_at from inbox
        where tenant_id = ${tenantId} and erased_at is null and received_at <= ${requestedAt}::timestamptz
          and id < uuid7_floor(${requestedAt}::timestamptz + interval '1 day') and ${isAfter}
        order by id limit ${rowsMax}
      ) as i
    )
    select id, ${bytesSpeakOf(sql`body`, identity)} as speaks, processed_at is null as waits
    from page where before < ${bodyBytesMax} order by id`.execute(trx)
  const first = rows.findIndex(({ speaks, waits }) => speaks && waits)
  const seen = first === -1 ? rows : rows.slice(0, first)
  const erased = seen.filter(({ speaks }) => speaks).map(({ id }) => id)
  await blankWebhooks(trx, erased)
  const last = seen.at(-1)?.id
  // Waiting with a place to go on from would lose it: what was seen up to there is done first.
  const isWaiting = first === 0
  return { place: rows.length === 0 ? undefined : last, isWaiting, counts: { webhooks: erased.length } }
}

/** Empties raw webhooks and what was put aside of them. */
export async function blankWebhooks(trx: Db, ids: string[]): Promise<void> {
  if (ids.length === 0) return
  await sql`
    update inbox set body = '', erased_at = now(), last_error = null where id = any(${ids}::uuid[])`.execute(trx)
  await sql`delete from quarantine where inbox_id = any(${ids}::uuid[]) and item is null`.execute(trx)
}

/** What was put aside and speaks of the person. */
export async function eraseQuarantine(trx: Db, { tenantId, identity, place }: EraseTask): Promise<EraseProgress> {
  const { rows } = await sql<{ last: string | null; many: number; erased: number }>`
    with page as (
      select id, item from quarantine
      where tenant_id = ${tenantId} and id > ${place ?? zeroId} order by id limit ${rowsMax}
    ), erased as (
      delete from quarantine where id in (select id from page where ${textSpeaksOf(sql`item::text`, identity)})
      returning id
    )
    select max(id::text) as last, count(*) as many, (select count(*) from erased) as erased from page`.execute(trx)
  return pageOf(rows[0], 'quarantine')
}

/** Of the events of the contact what they are about stays, and what they say goes. */
export async function eraseEvents(trx: Db, { tenantId, identity, place }: EraseTask): Promise<EraseProgress> {
  const from = Number(place ?? 0)
  const until = from + eventsMax
  const { numAffectedRows = 0n } = await sql`
    update events set data = json_strip_nulls(json_build_object(
      'messageId', data->'messageId', 'contactId', data->'contactId', 'phoneNumberId', data->'phoneNumberId',
      'direction', data->'direction', 'messageType', data->'messageType'))
    where tenant_id = ${tenantId} and seq > ${from} and seq <= ${until}
      and contact_id = any(${identity.contactIds}::bigint[])`.execute(trx)
  const { rows } = await sql<{ seq: number }>`
    select seq from event_counters where tenant_id = ${tenantId}`.execute(trx)
  const isLast = until >= (rows[0]?.seq ?? 0)
  return { place: isLast ? undefined : String(until), counts: { events: Number(numAffectedRows) } }
}

/** Keys of requests are chosen by callers, who may have put a number into them; and what Meta said of a pause. */
export async function eraseKeys(trx: Db, { tenantId, identity, place }: EraseTask): Promise<EraseProgress> {
  await sql`
    update pauses set error = null
    where tenant_id = ${tenantId} and ${textSpeaksOf(sql`error::text`, identity)}`.execute(trx)
  const { rows } = await sql<{ last: string | null; many: number; erased: number }>`
    with page as (
      select key, answer from idempotency_keys
      where tenant_id = ${tenantId} and key > ${place ?? ''} order by key limit ${rowsMax}
    ), erased as (
      delete from idempotency_keys
      where tenant_id = ${tenantId}
        and key in (select key from page where ${textSpeaksOf(sql`key || ' ' || answer::text`, identity)})
      returning key
    )
    select (array_agg(key order by key desc))[1] as last, count(*) as many, (select count(*) from erased) as erased
    from page`.execute(trx)
  return pageOf(rows[0], 'keys')
}

const zeroId = '00000000-0000-0000-0000-000000000000'

function pageOf(page: { last: string | null; many: number; erased: number } | undefined, name: string): EraseProgress {
  const isFull = page?.many === rowsMax && page.last !== null
  return { place: isFull ? (page.last ?? undefined) : undefined, counts: { [name]: page?.erased ?? 0 } }
}
