import {
  appendEvents,
  type Db,
  findNumberTenants,
  type LogEnd,
  markProcessed,
  type NewEvent,
  type RawWebhook
} from '@wag/db'
import { parseWebhook } from '@wag/graph'
import { applyMessages } from './apply-messages.ts'
import { applyOthers } from './apply-others.ts'
import { applyStatuses } from './apply-statuses.ts'
import { type SourcedItem } from './items.ts'
import { type Metrics } from './metrics.ts'

/** What was applied: where the logs end now, and how many messages brought a medium. */
export type Applied = { ends: LogEnd[]; media: number }

/** Applies whole webhooks: everything they say, the events that tell of it, and that they are done. */
export async function applyWebhooks(trx: Db, webhooks: RawWebhook[], metrics: Metrics): Promise<Applied> {
  const items = webhooks.flatMap((webhook) => parseWebhook(webhook.body).map((item) => ({ item, webhook })))
  for (const { item } of items) metrics.items.inc({ kind: item.kind })
  const events = await applyItems(trx, items, metrics)
  await markProcessed(
    trx,
    webhooks.map(({ id }) => ({ id }))
  )
  return { ends: await appendEvents(trx, events), media: countMedia(events) }
}

/** How many of these events tell of a medium to be fetched. */
export function countMedia(events: NewEvent[]): number {
  return events.filter(({ type, data }) => type === 'message.received' && data.link?.startsWith('/media/')).length
}

/**
 * Applies items tenant by tenant and returns the events that tell of it. They are to be appended last, by the caller,
 * since that locks the tenant's counter.
 */
export async function applyItems(trx: Db, items: SourcedItem[], metrics: Metrics): Promise<NewEvent[]> {
  const byTenant = await groupByTenant(trx, items)
  const events: NewEvent[] = []
  for (const tenantId of [...byTenant.keys()].sort()) {
    const ours = byTenant.get(tenantId) ?? []
    events.push(...(await applyMessages(trx, tenantId, ours)))
    events.push(...(await applyStatuses(trx, tenantId, ours)))
    events.push(...(await applyOthers(trx, tenantId, ours, metrics)))
  }
  return events
}

/** A number's own tenant gets what is about it; what names no number we know goes to the tenant of the app that signed it. */
export async function groupByTenant(trx: Db, items: SourcedItem[]): Promise<Map<string, SourcedItem[]>> {
  const numbers = new Set(items.flatMap(({ item }) => item.phoneNumberId ?? []))
  const tenants = numbers.size > 0 ? await findNumberTenants(trx, [...numbers]) : new Map<string, string>()
  return Map.groupBy(items, ({ item, webhook }) => tenants.get(item.phoneNumberId ?? '') ?? webhook.tenantId)
}
