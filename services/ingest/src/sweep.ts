import {
  type Batcher,
  ensurePartitions,
  forgetNotices,
  repairMerged,
  repairParked,
  repairTargets,
  waitingWebhooks
} from '@wag/db'
import { describeContent } from '@wag/graph'
import { every } from '@wag/service'
import { type IngestContext } from './context.ts'
import { tell } from './tell.ts'

export type SweepContext = IngestContext & {
  batcher: Batcher<{ ids: string[]; bytes: number }, undefined>
  intervalMs: number
}

/** A webhook waiting for this long has probably lost its bell, in milliseconds. */
const overdueMs = 2_000
/** Webhooks looked at per sweep. */
const sweepMax = 500
/**
 * How far back parked statuses, reactions and edits are joined again, in milliseconds: longer than any two transactions
 * can overlap. Those of messages that others sent stay parked, however many there are.
 */
const parkedWithinMs = 60_000
/** The same look far back, in milliseconds, each time housekeeping is done: for what an outage kept apart. */
const parkedWideMs = 24 * 3_600_000
const housekeepingIntervalMs = 3_600_000

/** Looks in the ledger for webhooks that nobody rang for, joins late pairs, and makes the partitions of coming days. */
export function startSweeper(context: SweepContext): { stop(): Promise<void> } {
  const { db, log } = context
  const onError = (error: unknown): void => log.warn({ err: error }, 'sweep failed')
  const sweeps = every(context.intervalMs, () => sweepInbox(context), onError)
  const repair = async (withinMs: number): Promise<void> => {
    tell(context, await repairParked(db, withinMs, sweepMax))
    tell(context, await repairTargets(db, withinMs, sweepMax, describeContent))
    await repairMerged(db, withinMs)
  }
  const repairs = every(2 * context.intervalMs, () => repair(parkedWithinMs), onError)
  const keepHouse = async (): Promise<void> => {
    await repair(parkedWideMs)
    await forgetNotices(db)
    await ensurePartitions(db)
  }
  keepHouse().catch(onError)
  const housekeeping = every(housekeepingIntervalMs, keepHouse, onError)
  return {
    stop: () => Promise.all([sweeps.stop(), repairs.stop(), housekeeping.stop()]).then(() => undefined)
  }
}

/** Applies what waits itself: it is already here, and Redis may be what failed. */
async function sweepInbox({ db, batcher, metrics, log }: SweepContext): Promise<void> {
  const waiting = await waitingWebhooks(db, overdueMs, sweepMax)
  if (waiting.length === 0) return
  metrics.rung.inc(waiting.length)
  log.debug({ webhooks: waiting.length }, 'webhooks waited without a bell')
  await Promise.all(waiting.map(({ id, bytes }) => batcher.add({ ids: [id], bytes })))
}
