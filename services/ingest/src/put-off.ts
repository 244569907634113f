import { giveUpWebhook, postponeWebhook } from '@wag/db'
import { scrub } from '@wag/service'
import { type IngestContext } from './context.ts'
import { tell } from './tell.ts'

/** Attempts before a webhook is put aside: with their pauses they take about an hour. */
const attemptsMax = 20

/** Puts off a webhook that fails for no fault of its data; after many attempts it is put aside whole. */
export async function putOff(context: IngestContext, id: string, error: unknown): Promise<void> {
  const { db, log, metrics } = context
  const reason = error instanceof Error ? scrub(error.message) : 'unknown'
  const attempts = await postponeWebhook(db, id, reason)
  log.error({ err: error, inboxId: id, attempts }, 'a webhook cannot be applied now; it will be tried again')
  if (attempts < attemptsMax) return
  const ends = await giveUpWebhook(db, id, `given up after ${attempts} attempts: ${reason}`)
  if (ends.length > 0) metrics.quarantined.inc()
  tell(context, ends)
}
