import { type Publisher } from '@wag/bus'
import {
  countUnknowns,
  type Db,
  dueNumbers,
  expireClaims,
  expireMessages,
  type Recorded,
  settleUnknowns,
  type UnknownWaits
} from '@wag/db'
import { every } from '@wag/service'
import { type FastifyBaseLogger } from 'fastify'
import { type Claims } from './claim.ts'
import { type Lanes } from './lanes.ts'
import { type Metrics } from './metrics.ts'
import { notify } from './notify.ts'
import { type Refusals } from './refusals.ts'

export type SweepContext = {
  db: Db
  lanes: Lanes
  claims: Claims
  refusals: Refusals
  publisher: Publisher
  metrics: Metrics
  log: FastifyBaseLogger
  intervalMs: number
  unknownWaits: UnknownWaits
}

/** Lanes are woken this long before their next message is due, in milliseconds, and a little more than until the next sweep. */
const horizonMs = (intervalMs: number): number => intervalMs * 1.2 + 100
/** Messages dealt with in one transaction. */
const batchMax = 1_000
const unknownsMax = 100_000
/** How often what only metrics show is counted, in milliseconds. */
const countIntervalMs = 15_000

/**
 * Looks in the ledger for what nobody else looks after: wakes lanes for what is due and for whose bell was lost, and ends
 * what has run out of time: claims, messages, and the wait for what became of unknown ones.
 */
export function startSweeper(context: SweepContext): { stop(): Promise<void> } {
  const onError = (error: unknown): void => context.log.warn({ err: error }, 'sweep failed')
  const loops = [
    every(context.intervalMs, () => wakeLanes(context), onError),
    every(context.intervalMs, () => endAll(context), onError),
    every(context.intervalMs, () => context.refusals.sweep(), onError),
    every(countIntervalMs, () => count(context), onError)
  ]
  return {
    stop: async () => {
      await Promise.all(loops.map((loop) => loop.stop()))
    }
  }
}

async function wakeLanes({ db, lanes, metrics, intervalMs }: SweepContext): Promise<void> {
  const due = await dueNumbers(db, horizonMs(intervalMs))
  for (const { phoneNumberId, overdueMs } of due) lanes.wake(phoneNumberId, Math.max(0, -overdueMs))
  metrics.overdue.set(due.reduce((most, { overdueMs }) => Math.max(most, overdueMs / 1000), 0))
}

async function endAll(context: SweepContext): Promise<void> {
  const { db, claims, metrics, log, unknownWaits } = context
  const released = await claims.release()
  if (released > 0) log.warn({ messages: released }, 'claims whose answer was lost were given back')
  const lost = await repeat(context, () => expireClaims(db, batchMax, unknownWaits))
  if (lost > 0) {
    metrics.claimsExpired.inc(lost)
    log.warn({ messages: lost }, 'claims ran out: messages are unknown')
  }
  metrics.expired.inc(await repeat(context, () => expireMessages(db, batchMax)))
  await settle(context)
}

/** Works in batches until there is nothing left; returns how many messages that were. */
async function repeat(context: SweepContext, work: () => Promise<Recorded>): Promise<number> {
  let many = 0
  for (;;) {
    const recorded = await work()
    many += recorded.settledIds.length
    notify(context, recorded)
    if (recorded.settledIds.length < batchMax) return many
  }
}

async function settle(context: SweepContext): Promise<void> {
  const { ends, reportedIds, resent } = await settleUnknowns(context.db, batchMax)
  notify(context, { ends, settledIds: [] })
  context.metrics.unsettled.inc(reportedIds.length)
  if (reportedIds.length > 0) context.log.warn({ messages: reportedIds.length }, 'nobody knows what became of messages')
  for (const phoneNumberId of new Set(resent.map((message) => message.phoneNumberId))) context.lanes.wake(phoneNumberId)
}

async function count({ db, metrics, refusals }: SweepContext): Promise<void> {
  await refusals.count()
  metrics.unknown.set(await countUnknowns(db, unknownsMax))
}
