import {
  appendEvents,
  type Db,
  inSavepoint,
  isLedgerAway,
  isTransient,
  markProcessed,
  type NewEvent,
  takeWebhooks
} from '@wag/db'
import { parseWebhook } from '@wag/graph'
import { scrub } from '@wag/service'
import { type Applied, applyItems, groupByTenant } from './apply.ts'
import { putAside } from './apply-others.ts'
import { type IngestContext } from './context.ts'
import { type SourcedItem } from './items.ts'
import { createTally, type Tally } from './tally.ts'

/** Applies one webhook and takes it apart where it fails: what cannot be applied is quarantined, everything else counts. */
export async function applyPiecewise(context: IngestContext, id: string): Promise<Applied | undefined> {
  return context.db.transaction().execute(async (trx) => {
    const [webhook] = await takeWebhooks(trx, [id])
    if (!webhook) return undefined
    const items = parseWebhook(webhook.body).map((item) => ({ item, webhook }))
    const tally = createTally([webhook.id])
    const events = await applyParts(trx, items, tally, context)
    await markProcessed(trx, tally.processed())
    return { ends: await appendEvents(trx, events), items, tally }
  })
}

/** Halves what fails until the culprits stand alone: a few poisoned items of thousands cost a few dozen tries. */
async function applyParts(trx: Db, items: SourcedItem[], tally: Tally, context: IngestContext): Promise<NewEvent[]> {
  const attempt = createTally(items.map(({ webhook }) => webhook.id))
  try {
    const events = await inSavepoint(trx, () => applyItems(trx, items, attempt, context.forget))
    tally.add(attempt)
    return events
  } catch (error) {
    // A deadlock is no fault of the item it was met with.
    if (isLedgerAway(error) || isTransient(error)) throw error
    const [first] = items
    if (items.length > 1) {
      const middle = items.length >> 1
      const before = await applyParts(trx, items.slice(0, middle), tally, context)
      return [...before, ...(await applyParts(trx, items.slice(middle), tally, context))]
    }
    if (!first) throw error
    context.log.error({ err: error, inboxId: first.webhook.id, kind: first.item.kind }, 'an item was quarantined')
    tally.count(items, 'quarantined')
    const reason = error instanceof Error ? scrub(error.message) : 'unknown'
    const { byTenant } = await groupByTenant(trx, items)
    const [tenantId = first.webhook.tenantId] = byTenant.keys()
    return putAside(trx, tenantId, [{ sourced: first, reason }])
  }
}
