import { type Publisher } from '@wag/bus'
import { type Db, type DueMessage, dueMessages, expireClaims, type PhoneNumber } from '@wag/db'
import { every } from '@wag/service'
import { type FollowedNumbers } from './follow-numbers.ts'
import { notify } from './notify.ts'
import { type SendContext, send } from './send.ts'

export type SweepContext = SendContext & {
  db: Db
  numbers: FollowedNumbers
  publisher: Publisher
  intervalMs: number
}

/** A message due for this long has probably lost its bell, in milliseconds. */
const overdueMs = 2_000
/** A message due for this long although its bell was rung, by a worker with nothing to do: the worker is not listening. */
const ignoredMs = 10_000
/** Messages looked at per number and sweep, and open jobs from which on a queue is busy rather than robbed. */
const sweepMax = 1_000
/** Sends at once while there is no queue to bound them, and in one sweep. */
const directConcurrency = 20
const directMax = 100

/**
 * Looks in the ledger for what Redis has lost: rings again for messages that are due and have no job, ends claims that
 * ran out, and sends by itself, slowly, while Redis is away or its worker does not move.
 */
export function startSweeper(context: SweepContext): { stop(): Promise<void> } {
  let stopped = false
  const onError = (error: unknown): void => context.log.warn({ err: error }, 'sweep failed')
  const sweepAll = async (): Promise<void> => {
    const sweeps = context.numbers.list().map((number) => sweepNumber(context, number, () => stopped))
    for (const result of await Promise.allSettled(sweeps)) if (result.status === 'rejected') onError(result.reason)
  }
  // By itself: a sweep that has to send without Redis takes its time, and claims run out meanwhile.
  const claims = every(context.intervalMs, () => endClaims(context), onError)
  const sweeps = every(context.intervalMs, sweepAll, onError)
  return {
    stop: async () => {
      stopped = true
      await Promise.all([claims.stop(), sweeps.stop()])
    }
  }
}

async function endClaims(context: SweepContext): Promise<void> {
  const expired = await expireClaims(context.db, sweepMax)
  if (expired.settledIds.length === 0) return
  context.metrics.expired.inc(expired.settledIds.length)
  context.log.warn({ messages: expired.settledIds.length }, 'claims ran out: messages are unknown')
  notify(context, expired)
}

async function sweepNumber(context: SweepContext, number: PhoneNumber, isStopped: () => boolean): Promise<void> {
  const due = await dueMessages(context.db, number.id, overdueMs, sweepMax)
  if (due.length === 0) return
  const isIgnored = (due[0]?.overdueMs ?? 0) > ignoredMs && context.numbers.active(number.id) === 0
  if ((await ring(context, number, due)) && !isIgnored) return
  await sendDirectly(context, number, due, isStopped)
}

/** Rings for what is due, unless the queue has plenty to do; false when there is no queue to ring. */
async function ring({ queues, metrics, log }: SweepContext, number: PhoneNumber, due: DueMessage[]): Promise<boolean> {
  try {
    const open = await queues.countSend(number.id)
    if (open >= sweepMax) return true
    await queues.ringSend(number.id, due)
    metrics.rung.inc(Math.max(0, due.length - open))
    return true
  } catch (error) {
    log.warn({ err: error }, 'cannot ring')
    return false
  }
}

async function sendDirectly(
  context: SweepContext,
  number: PhoneNumber,
  due: DueMessage[],
  isStopped: () => boolean
): Promise<void> {
  const waiting = due.slice(0, directMax)
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next && !isStopped(); next = waiting.shift()) {
      await send(context, number, next.messageId)
      context.metrics.direct.inc()
    }
  }
  const results = await Promise.allSettled(Array.from({ length: directConcurrency }, lane))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
}
