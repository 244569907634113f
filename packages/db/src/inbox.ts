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

/** Marks webhooks as processed, in the transaction that holds what they said. */
export async function markProcessed(trx: Db, ids: string[]): Promise<void> {
  await sql`update inbox set processed_at = now() where id = any(${ids}::uuid[])`.execute(trx)
}

/** Webhooks that have waited for at least `overdueMs`: their bell may have been lost. */
export async function waitingWebhooks(
  db: Db,
  overdueMs: number,
  limit: number
): Promise<{ id: string; bytes: number }[]> {
  const { rows } = await sql<{ id: string; bytes: number }>`
    select id, octet_length(body) as bytes from inbox
    where processed_at is null and received_at <= now() - ${overdueMs} * interval '1 millisecond'
    order by id limit ${limit}`.execute(db)
  return rows
}
