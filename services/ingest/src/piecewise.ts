import { createId } from '@wag/contracts'
import {
  appendEvents,
  type Db,
  inSavepoint,
  isLedgerAway,
  type LogEnd,
  markProcessed,
  quarantine,
  takeWebhooks
} from '@wag/db'
import { parseWebhook } from '@wag/graph'
import { scrub } from '@wag/service'
import { applyItems } from './apply.ts'
import { quarantinedEvent } from './apply-others.ts'
import { type IngestContext } from './context.ts'
import { type SourcedItem } from './items.ts'

/** Applies one webhook item by item: what fails is quarantined with the reason, everything else counts. */
export async function applyPiecewise({ db, metrics, log }: IngestContext, id: string): Promise<LogEnd[]> {
  return db.transaction().execute(async (trx) => {
    const [webhook] = await takeWebhooks(trx, [id])
    if (!webhook) return []
    const ends: LogEnd[] = []
    for (const item of parseWebhook(webhook.body)) {
      try {
        ends.push(...(await inSavepoint(trx, () => applyItems(trx, [{ item, webhook }], metrics))))
      } catch (error) {
        if (isLedgerAway(error)) throw error
        const reason = error instanceof Error ? scrub(error.message) : 'unknown'
        metrics.quarantined.inc()
        log.error({ err: error, inboxId: webhook.id, kind: item.kind }, 'an item was quarantined')
        ends.push(...(await putAside(trx, { item, webhook }, reason)))
      }
    }
    await markProcessed(trx, [webhook.id])
    return ends
  })
}

async function putAside(trx: Db, { item, webhook }: SourcedItem, reason: string): Promise<LogEnd[]> {
  const { tenantId, id: inboxId } = webhook
  await quarantine(trx, [{ tenantId, id: createId(), inboxId, item, reason }])
  return appendEvents(trx, [quarantinedEvent(tenantId, reason)])
}
