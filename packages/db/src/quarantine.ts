import { createHash } from 'node:crypto'
import { createId, type InboxResult } from '@wag/contracts'
import { sql } from 'kysely'
import { appendEvents, type LogEnd } from './events.ts'
import { markProcessed, type RawWebhook } from './inbox.ts'
import { type Db } from './schema.ts'

/**
 * Something that could not be applied, kept with the reason; `item` is undefined when it is the whole body. `hash` is
 * SHA-256 of what tells it from other things; without it that of the item, or of the webhook's id.
 */
export type Quarantined = {
  tenantId: string
  id: string
  inboxId: string
  item?: unknown
  reason: string
  hash?: Buffer
}

/**
 * Keeps what could not be applied, each thing once however often it comes. Returns the ids of what was not in quarantine
 * yet: only that is worth an event.
 */
export async function quarantine(trx: Db, entries: Quarantined[]): Promise<Set<string>> {
  const unique = new Map(entries.map((entry) => [`${entry.tenantId} ${hashOf(entry).toString('hex')}`, entry]))
  const sorted = [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry)
  if (sorted.length === 0) return new Set()
  const column = <T>(pick: (entry: Quarantined) => T): T[] => sorted.map(pick)
  const { rows } = await sql<{ id: string; isNew: boolean }>`
    insert into quarantine (tenant_id, id, inbox_id, item, reason, hash)
    select * from unnest(
      ${column((e) => e.tenantId)}::uuid[],
      ${column((e) => e.id)}::uuid[],
      ${column((e) => e.inboxId)}::uuid[],
      ${column((e) => (e.item === undefined ? null : JSON.stringify(e.item)))}::json[],
      ${column((e) => e.reason)}::text[],
      ${column(hashOf)}::bytea[]
    )
    on conflict (tenant_id, hash) do update set reason = excluded.reason, replayed_at = null
    returning id, xmax = 0 as "isNew"`.execute(trx)
  return new Set(rows.filter(({ isNew }) => isNew).map(({ id }) => id))
}

function hashOf({ hash, item, inboxId }: Quarantined): Buffer {
  const isItem = item !== undefined && item !== null
  return (
    hash ??
    createHash('sha256')
      .update(isItem ? JSON.stringify(item) : inboxId)
      .digest()
  )
}

/** What a body came to that was put aside whole. */
const wholeResult: InboxResult = { items: 1, applied: 0, parked: 0, stored: 0, quarantined: 1 }

/** Keeps bodies that are not to be applied as they are, each once however often it is called. */
export async function quarantineBodies(db: Db, webhooks: RawWebhook[], reason: string): Promise<LogEnd[]> {
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ id: string; tenantId: string }>`
      insert into inbox (tenant_id, id, body)
      select * from unnest(
        ${webhooks.map((w) => w.tenantId)}::uuid[],
        ${webhooks.map((w) => w.id)}::uuid[],
        ${webhooks.map((w) => w.body)}::bytea[])
      on conflict do nothing
      returning id, tenant_id as "tenantId"`.execute(trx)
    return putAsideWhole(trx, rows, reason)
  })
}

/** Gives a webhook up that could not be applied in all its attempts: it is kept whole, and told of. */
export async function giveUpWebhook(db: Db, id: string, reason: string): Promise<LogEnd[]> {
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ id: string; tenantId: string }>`
      select id, tenant_id as "tenantId" from inbox where id = ${id} and processed_at is null
      for update skip locked`.execute(trx)
    return putAsideWhole(trx, rows, reason)
  })
}

async function putAsideWhole(trx: Db, rows: { id: string; tenantId: string }[], reason: string): Promise<LogEnd[]> {
  const entries = rows.map(({ id, tenantId }) => ({ tenantId, id: createId(), inboxId: id, reason }))
  const fresh = await quarantine(trx, entries)
  await markProcessed(
    trx,
    rows.map(({ id }) => ({ id, result: wholeResult }))
  )
  return appendEvents(
    trx,
    entries
      .filter(({ id }) => fresh.has(id))
      .map(({ tenantId }) => ({ tenantId, type: 'webhook.quarantined', data: { reason } }))
  )
}

/** Something put aside, as lists show it. */
export type StoredQuarantine = { id: string; webhookId: string; createdAt: Date; reason: string; item: unknown }

const quarantineColumns = sql`id, inbox_id as "webhookId", created_at as "createdAt", reason, item`

/** Up to `limit` of what was put aside of a tenant's, before the entry with the id `before`, newest first. */
export async function listQuarantine(
  db: Db,
  tenantId: string,
  before: string | undefined,
  limit: number
): Promise<StoredQuarantine[]> {
  const isBefore = before === undefined ? sql`true` : sql`id < ${before}`
  const { rows } = await sql<StoredQuarantine>`
    select ${quarantineColumns} from quarantine
    where tenant_id = ${tenantId} and ${isBefore}
    order by id desc limit ${limit}`.execute(db)
  return rows
}

/** One entry of a tenant's quarantine. */
export async function findQuarantined(db: Db, tenantId: string, id: string): Promise<StoredQuarantine | undefined> {
  const { rows } = await sql<StoredQuarantine>`
    select ${quarantineColumns} from quarantine where tenant_id = ${tenantId} and id = ${id}`.execute(db)
  return rows[0]
}
