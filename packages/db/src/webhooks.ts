import { type InboxResult, type WebhookState } from '@wag/contracts'
import { type RawBuilder, sql } from 'kysely'
import { type Db } from './schema.ts'

/** A webhook of the inbox as lists show it. */
export type StoredWebhook = {
  id: string
  receivedAt: Date
  bytes: number
  processedAt: Date | null
  result: InboxResult | null
  attempts: number
  lastError: string | null
  retryAt: Date | null
  erasedAt: Date | null
}

/** Which webhooks: received from `from` to before `until`, in one state. */
export type WebhookFilter = {
  from?: Date | undefined
  until?: Date | undefined
  state?: WebhookState | undefined
}

// octet_length of a large body reads its length only. The id tells the time: so a range of times is one of an index.
const columns = sql`id, received_at as "receivedAt", octet_length(body) as bytes, processed_at as "processedAt", result,
  attempts, last_error as "lastError", retry_at as "retryAt", erased_at as "erasedAt"`

/** Up to `limit` of a tenant's webhooks before the one with the id `before`, newest first. */
export async function listWebhooks(
  db: Db,
  tenantId: string,
  filter: WebhookFilter,
  before: string | undefined,
  limit: number
): Promise<StoredWebhook[]> {
  const isBefore = before === undefined ? sql`true` : sql`id < ${before}`
  const { rows } = await sql<StoredWebhook>`
    select ${columns} from inbox
    where tenant_id = ${tenantId} and ${fits(filter)} and ${isBefore}
    order by id desc limit ${limit}`.execute(db)
  return rows
}

/** One of a tenant's webhooks with its body. */
export async function findWebhook(
  db: Db,
  tenantId: string,
  id: string
): Promise<(StoredWebhook & { body: Buffer }) | undefined> {
  const { rows } = await sql<StoredWebhook & { body: Buffer }>`
    select ${columns}, body from inbox where tenant_id = ${tenantId} and id = ${id}`.execute(db)
  return rows[0]
}

/** Which webhooks wait once more. */
export type Replayed = { id: string; bytes: number }

/**
 * Has webhooks processed once more. What is known already changes nothing; what was put aside is tried again. Those whose
 * body was erased are left out.
 */
export async function replayWebhooks(db: Db, tenantId: string, ids: string[]): Promise<Replayed[]> {
  const { rows } = await sql<Replayed>`
    with replayed as (
      update inbox set processed_at = null, result = null, attempts = 0, retry_at = null, last_error = null
      where tenant_id = ${tenantId} and id = any(${ids}::uuid[]) and erased_at is null
      returning id, octet_length(body) as bytes
    ), trying as (
      update quarantine set replayed_at = now() where inbox_id in (select id from replayed)
    )
    select id, bytes from replayed order by id`.execute(db)
  return rows
}

/** Ids of up to `limit` of a tenant's webhooks after the one with the id `after`, oldest first. */
export async function selectWebhooks(
  db: Db,
  tenantId: string,
  filter: WebhookFilter,
  after: string | undefined,
  limit: number
): Promise<string[]> {
  const isAfter = after === undefined ? sql`true` : sql`id > ${after}`
  const { rows } = await sql<{ id: string }>`
    select id from inbox
    where tenant_id = ${tenantId} and erased_at is null and ${fits(filter)} and ${isAfter}
    order by id limit ${limit}`.execute(db)
  return rows.map(({ id }) => id)
}

function fits({ from, until, state }: WebhookFilter): RawBuilder<unknown> {
  const conditions = [
    ...(from ? [sql`id >= uuid7_floor(${from})`] : []),
    ...(until ? [sql`id < uuid7_floor(${until})`] : []),
    ...(state ? [states[state]] : [])
  ]
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `)
}

const isQuarantined = sql`(result->>'quarantined')::integer > 0`
const states: Record<WebhookState, RawBuilder<unknown>> = {
  pending: sql`processed_at is null`,
  quarantined: isQuarantined,
  processed: sql`processed_at is not null and ${isQuarantined} is not true`
}
