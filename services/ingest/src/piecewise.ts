import { createId } from '@wag/contracts'
import {
  appendEvents,
  type Db,
  inSavepoint,
  isLedgerAway,
  isTransient,
  markProcessed,
  type NewEvent,
  quarantine,
  takeWebhooks
} from '@wag/db'
import { parseWebhook } from '@wag/graph'
import { scrub } from '@wag/service'
import { type Applied, applyItems, countMedia, groupByTenant } from './apply.ts'
import { quarantinedEvent } from './apply-others.ts'
import { type IngestContext } from './context.ts'
import { type SourcedItem } from './items.ts'

/** Applies one webhook item by item: what fails is quarantined with the reason, everything else counts. */
export async function applyPiecewise({ db, metrics, log }: IngestContext, id: string): Promise<Applied> {
  return db.transaction().execute(async (trx) => {
    const [webhook] = await takeWebhooks(trx, [id])
    if (!webhook) return { ends: [], media: 0 }
    const events: NewEvent[] = []
    for (const item of parseWebhook(webhook.body)) {
      try {
        events.push(...(await inSavepoint(trx, () => applyItems(trx, [{ item, webhook }], metrics))))
      } catch (error) {
        // A deadlock is no fault of the item it was met with.
        if (isLedgerAway(error) || isTransient(error)) throw error
        metrics.quarantined.inc()
        log.error({ err: error, inboxId: webhook.id, kind: item.kind }, 'an item was quarantined')
        events.push(
          ...(await putAside(trx, { item, webhook }, error instanceof Error ? scrub(error.message) : 'unknown'))
        )
      }
    }
    await markProcessed(trx, [{ id: webhook.id }])
    return { ends: await appendEvents(trx, events), media: countMedia(events) }
  })
}

async function putAside(trx: Db, sourced: SourcedItem, reason: string): Promise<NewEvent[]> {
  const [tenantId = sourced.webhook.tenantId] = (await groupByTenant(trx, [sourced])).keys()
  const fresh = await quarantine(trx, [
    { tenantId, id: createId(), inboxId: sourced.webhook.id, item: sourced.item, reason }
  ])
  return fresh.size > 0 ? [quarantinedEvent(tenantId, reason)] : []
}
