import { appendEvents, type Db, findNumbers, type LogEnd, markProcessed, type NewEvent, type RawWebhook } from '@wag/db'
import { parseWebhook } from '@wag/graph'
import { applyMessages } from './apply-messages.ts'
import { applyOthers } from './apply-others.ts'
import { applyPersons } from './apply-persons.ts'
import { applyReports } from './apply-reports.ts'
import { applyStatuses } from './apply-statuses.ts'
import { type Forget } from './forget.ts'
import { type SourcedItem } from './items.ts'
import { learn } from './learn.ts'
import { createTally, type Tally } from './tally.ts'

/** What a transaction came to. */
export type Applied = { ends: LogEnd[]; items: SourcedItem[]; tally: Tally }

/** Applies whole webhooks: everything they say, the events that tell of it, and that they are done. */
export async function applyWebhooks(trx: Db, webhooks: RawWebhook[], forget: Forget): Promise<Applied> {
  const items = webhooks.flatMap((webhook) => parseWebhook(webhook.body).map((item) => ({ item, webhook })))
  const tally = createTally(webhooks.map(({ id }) => id))
  const events = await applyItems(trx, items, tally, forget)
  await markProcessed(trx, tally.processed())
  return { ends: await appendEvents(trx, events), items, tally }
}

/**
 * Applies items tenant by tenant, counts what each came to, and returns the events that tell of it. They are to be
 * appended last, by the caller, since that locks the tenant's counter.
 */
export async function applyItems(trx: Db, items: SourcedItem[], tally: Tally, forget: Forget): Promise<NewEvent[]> {
  const { byTenant, numbers } = await groupByTenant(trx, items)
  const events: NewEvent[] = []
  // In one order, so that two batches with the same tenants wait for each other instead of deadlocking.
  for (const [tenantId, all] of [...byTenant].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const ours = await forget(trx, tenantId, all, tally)
    const persons = await applyPersons(trx, tenantId, ours, tally)
    events.push(...persons.events)
    events.push(...(await applyMessages(trx, tenantId, ours, persons, tally)))
    events.push(...(await applyStatuses(trx, tenantId, ours, tally)))
    events.push(...(await applyReports(trx, tenantId, ours, tally)))
    events.push(...(await applyOthers(trx, tenantId, ours, tally)))
  }
  events.push(...(await learn(trx, numbers, items)))
  return events
}

/** A number's own tenant gets what is about it; what names no number we know goes to the tenant of the app that signed it. */
export async function groupByTenant(trx: Db, items: SourcedItem[]) {
  const numbers = await findNumbers(trx, [...new Set(items.flatMap(({ item }) => item.phoneNumberId ?? []))])
  const byTenant = Map.groupBy(
    items,
    ({ item, webhook }) => numbers.get(item.phoneNumberId ?? '')?.tenantId ?? webhook.tenantId
  )
  return { byTenant, numbers }
}
