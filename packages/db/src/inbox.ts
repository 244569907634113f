import { type InboxResult } from '@wag/contracts'
import { sql } from 'kysely'
import { type Db } from './schema.ts'

/** A webhook as Meta posted it, byte for byte. */
export type RawWebhook = { id: string; tenantId: string; body: Buffer }

/** One that has just come; without `receivedAt` it is stored as received now. */
export type NewWebhook = RawWebhook & { receivedAt?: Date }

/**
 * Commits raw webhooks in one statement: when it returns they may be answered with 200. Those that are stored already
 * stay as they are, so that a lost answer or a spool that is read twice stores nothing twice.
 */
export async function storeWebhooks(db: Db, webhooks: NewWebhook[]): Promise<void> {
  await sql`
    insert into inbox (tenant_id, id, body, received_at)
    select tenant_id, id, body, coalesce(received_at, now()) from unnest(
      ${webhooks.map((w) => w.tenantId)}::uuid[],
      ${webhooks.map((w) => w.id)}::uuid[],
      ${webhooks.map((w) => w.body)}::bytea[],
      ${webhooks.map((w) => w.receivedAt ?? null)}::timestamptz[]
    ) as t (tenant_id, id, body, received_at)
    on conflict do nothing`.execute(db)
}

/** Locks those of the named webhooks that still wait, and which nobody else is working on. */
export async function takeWebhooks(trx: Db, ids: string[]): Promise<RawWebhook[]> {
  const { rows } = await sql<RawWebhook>`
    select tenant_id as "tenantId", id, body from inbox
    where id = any(${ids}::uuid[]) and processed_at is null
    order by id for update skip locked`.execute(trx)
  return rows
}

/** A webhook that is done, and what its items came to. */
export type Processed = { id: string; result?: InboxResult | undefined }

/**
 * Marks webhooks as processed, in the transaction that holds what they said. What was put aside of them before a replay,
 * and has not been put aside again, is in quarantine no longer.
 */
export async function markProcessed(trx: Db, processed: Processed[]): Promise<void> {
  const ids = processed.map(({ id }) => id)
  await sql`
    with released as (
      delete from quarantine where inbox_id = any(${ids}::uuid[]) and replayed_at is not null
    )
    update inbox i set processed_at = now(), retry_at = null, result = p.result
    from unnest(
      ${ids}::uuid[],
      ${processed.map(({ result }) => (result ? JSON.stringify(result) : null))}::json[]
    ) as p (id, result)
    -- The first condition is for the planner: it tells the partitions.
    where i.id = any(${ids}::uuid[]) and i.id = p.id`.execute(trx)
}

/** The longest pause between two attempts, in seconds. */
const pauseMaxS = 300

/**
 * Puts a webhook off that cannot be applied now: each time for twice as long, up to five minutes. Returns how often that
 * has happened.
 */
export async function postponeWebhook(db: Db, id: string, error: string): Promise<number> {
  const { rows } = await sql<{ attempts: number }>`
    update inbox
    set attempts = attempts + 1, last_error = ${error},
      retry_at = now() + least(${pauseMaxS}, power(2, attempts)) * interval '1 second'
    where id = ${id} and processed_at is null
    returning attempts`.execute(db)
  return rows[0]?.attempts ?? 0
}

/** Webhooks that have waited for at least `overdueMs`, and were not put off: their bell may have been lost. */
export async function waitingWebhooks(
  db: Db,
  overdueMs: number,
  limit: number
): Promise<{ id: string; bytes: number }[]> {
  const { rows } = await sql<{ id: string; bytes: number }>`
    select id, octet_length(body) as bytes from inbox
    where processed_at is null and coalesce(retry_at, received_at + ${overdueMs} * interval '1 millisecond') <= now()
    order by id limit ${limit}`.execute(db)
  return rows
}
