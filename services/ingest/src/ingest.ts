import { isDataFault, type LogEnd, takeWebhooks, withRetry } from '@wag/db'
import { applyWebhooks } from './apply.ts'
import { type IngestContext } from './context.ts'
import { applyPiecewise } from './piecewise.ts'

/**
 * Applies stored webhooks in one transaction, each once however often it is called. When the database refuses something in
 * them, halves the batch until the culprit stands alone, and takes that one apart; its neighbours go on. Throws only
 * when the ledger is away: then nothing is lost, and the sweeper comes back to it.
 */
export async function ingest(context: IngestContext, ids: string[]): Promise<void> {
  if (ids.length === 0) return
  try {
    const stopTimer = context.metrics.seconds.startTimer()
    tell(context, await withRetry(() => applyBatch(context, ids)))
    stopTimer()
    context.metrics.batch.observe(ids.length)
  } catch (error) {
    if (!isDataFault(error) && !isOurFault(error)) throw error
    if (ids.length === 1) {
      tell(context, await applyPiecewise(context, ids[0] ?? ''))
      return
    }
    const middle = ids.length >> 1
    await ingest(context, ids.slice(0, middle))
    await ingest(context, ids.slice(middle))
  }
}

function applyBatch(context: IngestContext, ids: string[]): Promise<LogEnd[]> {
  return context.db
    .transaction()
    .execute(async (trx) => applyWebhooks(trx, await takeWebhooks(trx, ids), context.metrics))
}

/** A programming error of ours, met with some item: that item must not hold up the others either. */
function isOurFault(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError
}

/** Nobody waits for a hint: what it tells of is found by a slow look anyway. */
function tell({ publisher, log }: IngestContext, ends: LogEnd[]): void {
  for (const end of ends) {
    publisher.eventsGrew(end).catch((error: unknown) => log.debug({ err: error }, 'a hint was not published'))
  }
}
