import { isConnectionLost, isDataFault, takeWebhooks, withRetry } from '@wag/db'
import { announce } from './announce.ts'
import { type Applied, applyWebhooks } from './apply.ts'
import { type IngestContext } from './context.ts'
import { applyPiecewise } from './piecewise.ts'
import { putOff } from './put-off.ts'

/** Webhooks in one transaction at most: jobs that came together may bring more. */
const batchWebhooksMax = 500

/** Applies stored webhooks, a batch at a time; see `ingestBatch`. */
export async function ingest(context: IngestContext, ids: string[]): Promise<void> {
  for (let from = 0; from < ids.length; from += batchWebhooksMax) {
    await ingestBatch(context, ids.slice(from, from + batchWebhooksMax))
  }
}

/**
 * Applies stored webhooks in one transaction, each once however often it is called. When something in them fails, halves
 * the batch until the culprit stands alone, and takes that one apart; its neighbours go on. Throws when the ledger is
 * away, or when one webhook fails for no fault of its data: then nothing is lost, and the sweeper comes back to it.
 */
async function ingestBatch(context: IngestContext, ids: string[]): Promise<void> {
  try {
    const stopTimer = context.metrics.seconds.startTimer()
    announce(context, await withRetry(() => applyBatch(context, ids)))
    stopTimer()
    context.metrics.batch.observe(ids.length)
  } catch (error) {
    if (isConnectionLost(error)) throw error
    if (ids.length > 1) return ingestHalves(context, ids)
    if (!isItemFault(error)) {
      await putOff(context, ids[0] ?? '', error)
      throw error
    }
    announce(context, await withRetry(() => applyPiecewise(context, ids[0] ?? '')))
  }
}

/** Each half by itself: that one fails must not keep the other waiting. */
async function ingestHalves(context: IngestContext, ids: string[]): Promise<void> {
  const middle = ids.length >> 1
  const errors: unknown[] = []
  for (const half of [ids.slice(0, middle), ids.slice(middle)]) {
    await ingestBatch(context, half).catch((error: unknown) => errors.push(error))
    if (errors.some(isConnectionLost)) break
  }
  if (errors.length > 0) throw errors[0]
}

function applyBatch(context: IngestContext, ids: string[]): Promise<Applied> {
  return context.db
    .transaction()
    .execute(async (trx) => applyWebhooks(trx, await takeWebhooks(trx, ids), context.forget))
}

/** What the database refuses, and errors of ours that some item brings about: trying again would change nothing. */
function isItemFault(error: unknown): boolean {
  return isDataFault(error) || !(error instanceof Error && 'code' in error)
}
