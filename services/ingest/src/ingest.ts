import { isDataFault, isStatementFault, type LogEnd, takeWebhooks, withRetry } from '@wag/db'
import { applyWebhooks } from './apply.ts'
import { type IngestContext } from './context.ts'
import { applyPiecewise } from './piecewise.ts'

/**
 * Applies stored webhooks in one transaction, each once however often it is called. When something in them fails, halves
 * the batch until the culprit stands alone, and takes that one apart; its neighbours go on. Throws when the ledger is
 * away, or when one webhook fails for no fault of its data: then nothing is lost, and the sweeper comes back to it.
 */
export async function ingest(context: IngestContext, ids: string[]): Promise<void> {
  if (ids.length === 0) return
  try {
    const stopTimer = context.metrics.seconds.startTimer()
    tell(context, await withRetry(() => applyBatch(context, ids)))
    stopTimer()
    context.metrics.batch.observe(ids.length)
  } catch (error) {
    if (!isStatementFault(error) && !isOurFault(error)) throw error
    if (ids.length > 1) return ingestHalves(context, ids)
    if (!isDataFault(error) && !isOurFault(error)) throw error
    tell(context, await applyPiecewise(context, ids[0] ?? ''))
  }
}

/** Each half by itself: that one fails must not keep the other waiting. */
async function ingestHalves(context: IngestContext, ids: string[]): Promise<void> {
  const middle = ids.length >> 1
  const errors: unknown[] = []
  for (const half of [ids.slice(0, middle), ids.slice(middle)]) {
    await ingest(context, half).catch((error: unknown) => errors.push(error))
    if (errors.length > 0 && !isStatementFault(errors[0])) break
  }
  if (errors.length > 0) throw errors[0]
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
