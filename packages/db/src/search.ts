import { type MessageState } from '@wag/contracts'
import { type RawBuilder, sql } from 'kysely'
import { type MessageCursor } from './messages.ts'
import { type MessageRecord, type RecordRow, recordColumns, recordOf } from './records.ts'
import { type Db } from './schema.ts'

/** Which of a tenant's messages; what is left out does not matter. `from` counts, `until` does not. */
export type MessageFilter = {
  contactId?: number | undefined
  phoneNumberId?: string | undefined
  states?: MessageState[] | undefined
  direction?: 'in' | 'out' | undefined
  errorCode?: number | undefined
  from?: Date | undefined
  until?: Date | undefined
}

/** Messages found, newest first, and where to go on; no `next` means that there is nothing further. */
export type Found = { messages: MessageRecord[]; next?: MessageCursor | undefined }

/** Rows looked at by one statement: far from its time-out also where none is in memory. */
const chunkRows = 10_000
/** A page is handed out when it is full, or when the search has taken this long; in milliseconds. */
const budgetMs = 500

/**
 * Finds up to `limit` of a tenant's messages that come after `before`, newest first. What no index knows is found by
 * looking at the messages one by one, in pieces, so that a page never takes long among millions: it may then hold fewer
 * than `limit`, or none, and still have a `next`.
 */
export async function searchMessages(
  db: Db,
  tenantId: string,
  filter: MessageFilter,
  before: MessageCursor | undefined,
  limit: number
): Promise<Found> {
  const { indexed, others } = conditionsOf(tenantId, filter)
  const until = performance.now() + budgetMs
  const found: MessageRecord[] = []
  for (let cursor = before; ; ) {
    const wanted = limit - found.length + 1
    const rows = others.length > 0 ? Math.max(chunkRows, wanted) : wanted
    const base = sql.join([sql`m.tenant_id = ${tenantId}`, ...indexed, ...afterCursor(cursor)], sql` and `)
    found.push(...(await look(db, base, others, rows, wanted)))
    if (found.length > limit) return { messages: found.slice(0, limit), next: cursorOf(found[limit - 1]) }
    cursor = others.length > 0 ? await edgeOf(db, base, rows) : undefined
    if (!cursor || performance.now() > until) return { messages: found, next: cursor }
  }
}

function cursorOf(message: MessageCursor | undefined): MessageCursor | undefined {
  return message && { at: message.at, id: message.id }
}

function afterCursor(cursor: MessageCursor | undefined): RawBuilder<unknown>[] {
  return cursor ? [sql`(m.at, m.id) < (${cursor.at}, ${cursor.id}::uuid)`] : []
}

/** The messages that fit, of the newest `rows` that the index leads to. */
async function look(
  db: Db,
  base: RawBuilder<unknown>,
  others: RawBuilder<unknown>[],
  rows: number,
  wanted: number
): Promise<MessageRecord[]> {
  const result = await sql<RecordRow>`
    select ${recordColumns}
    from (select m.* from messages m where ${base} order by m.at desc, m.id desc limit ${rows}) m
      join contacts c on c.tenant_id = m.tenant_id and c.id = m.contact_id
    where ${others.length > 0 ? sql.join(others, sql` and `) : sql`true`}
    order by m.at desc, m.id desc limit ${wanted}`.execute(db)
  return result.rows.map(recordOf)
}

/** The last of the newest `rows` that the index leads to; undefined when there are fewer. */
async function edgeOf(db: Db, base: RawBuilder<unknown>, rows: number): Promise<MessageCursor | undefined> {
  const result = await sql<MessageCursor>`
    select m.at, m.id from messages m where ${base}
    order by m.at desc, m.id desc offset ${rows - 1} limit 1`.execute(db)
  return result.rows[0]
}

/** The conditions that choose an index, and those that each row is asked. */
function conditionsOf(tenantId: string, filter: MessageFilter) {
  const { contactId, phoneNumberId, states, direction, errorCode, from, until } = filter
  const indexed = [
    ...(contactId === undefined ? [] : [sql`m.contact_id = ${survivorOf(tenantId, contactId)}`]),
    ...(from === undefined ? [] : [sql`m.at >= ${from}`]),
    ...(until === undefined ? [] : [sql`m.at < ${until}`]),
    ...(errorCode === undefined ? [] : [sql`m.error is not null`]),
    ...impliedBy(states)
  ]
  const others = [
    ...(phoneNumberId === undefined ? [] : [sql`m.phone_number_id = ${phoneNumberId}`]),
    ...(direction === undefined ? [] : [sql`m.direction = ${direction}`]),
    ...(states === undefined ? [] : [sql`m.state = any(${states}::message_state[])`]),
    ...(errorCode === undefined ? [] : [sql`m.error ->> 'code' = ${String(errorCode)}`])
  ]
  return { indexed, others }
}

/** The contact that this one was merged into, or is. */
function survivorOf(tenantId: string, contactId: number): RawBuilder<number> {
  return sql`(select coalesce(merged_into, id) from contacts where tenant_id = ${tenantId} and id = ${contactId})`
}

/** What is true of every message in these states, and is the predicate of an index. */
function impliedBy(states: MessageState[] = []): RawBuilder<unknown>[] {
  if (states.length === 0) return []
  const areAll = (...some: MessageState[]): boolean => states.every((state) => some.includes(state))
  if (areAll('failed', 'unknown')) return [sql`m.error is not null`]
  if (areAll('scheduled', 'queued')) return [sql`m.claim is null and m.due_at is not null`]
  return areAll('sending') ? [sql`m.claim is not null and m.due_at is not null`] : []
}
