import { sql } from 'kysely'
import { appendEvents, type LogEnd } from './events.ts'
import { type RawWebhook } from './inbox.ts'
import { type Db } from './schema.ts'

/** Something that could not be applied, kept with the reason; `item` is undefined when it is the whole body. */
export type Quarantined = { tenantId: string; id: string; inboxId: string; item?: unknown; reason: string }

/** Keeps what could not be applied. */
export async function quarantine(trx: Db, entries: Quarantined[]): Promise<void> {
  if (entries.length === 0) return
  await sql`
    insert into quarantine (tenant_id, id, inbox_id, item, reason)
    select * from unnest(
      ${entries.map((e) => e.tenantId)}::uuid[],
      ${entries.map((e) => e.id)}::uuid[],
      ${entries.map((e) => e.inboxId)}::uuid[],
      ${entries.map((e) => (e.item === undefined ? null : JSON.stringify(e.item)))}::json[],
      ${entries.map((e) => e.reason)}::text[]
    )`.execute(trx)
}

/** Keeps bodies that are not to be applied as they are, each once however often it is called. */
export async function quarantineBodies(db: Db, webhooks: RawWebhook[], reason: string): Promise<LogEnd[]> {
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ id: string; tenantId: string }>`
      insert into inbox (tenant_id, id, body, processed_at)
      select *, now() from unnest(
        ${webhooks.map((w) => w.tenantId)}::uuid[],
        ${webhooks.map((w) => w.id)}::uuid[],
        ${webhooks.map((w) => w.body)}::bytea[])
      on conflict do nothing
      returning id, tenant_id as "tenantId"`.execute(trx)
    await quarantine(
      trx,
      rows.map(({ id, tenantId }) => ({ tenantId, id, inboxId: id, reason }))
    )
    return appendEvents(
      trx,
      rows.map(({ tenantId }) => ({ tenantId, type: 'webhook.quarantined', data: { reason } }))
    )
  })
}
