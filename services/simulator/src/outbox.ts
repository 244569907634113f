import { type FastifyBaseLogger } from 'fastify'
import { type Poster } from './post.ts'
import { createQueue } from './queue.ts'
import { type Scheduler } from './scheduler.ts'
import { type Settings } from './settings.ts'
import { type Stats } from './stats.ts'
import { type Update, webhookBody } from './updates.ts'

const waitingMax = 500_000
const batchGatherMs = 5

type Job = { updates: readonly Update[]; attempts: number; era: number }

type OutboxParts = { settings: Settings; poster: Poster; scheduler: Scheduler; stats: Stats; log: FastifyBaseLogger }

export type Outbox = ReturnType<typeof createOutbox>

/**
 * Delivers webhooks: as many at once as the settings allow, each repeated with growing delays until it is answered with
 * exactly 200 or given up, like Meta's. Kept in memory only, and never more than half a million updates.
 */
export function createOutbox({ settings, poster, scheduler, stats, log }: OutboxParts) {
  const fresh = createQueue<Update>()
  const ready = createQueue<Job>()
  let underWay = 0
  let waiting = 0
  let era = 0
  let isPumping = false
  let isFailing = false

  // Batches gather for some milliseconds; without them a turn of the event loop is waited for, no longer.
  function pumpSoon(): void {
    if (isPumping) return
    isPumping = true
    if (settings.webhook_batch_max === 1) setImmediate(pump)
    else scheduler.after(batchGatherMs, pump)
  }

  function pump(): void {
    isPumping = false
    while (underWay < settings.webhook_concurrency) {
      const job = ready.take() ?? nextFresh()
      if (job === undefined) return
      underWay++
      poster.post(webhookBody(job.updates), (status) => finish(job, status))
    }
  }

  function nextFresh(): Job | undefined {
    const updates: Update[] = []
    while (updates.length < settings.webhook_batch_max) {
      const update = fresh.take()
      if (update === undefined) break
      updates.push(update)
    }
    return updates.length === 0 ? undefined : { updates, attempts: 0, era }
  }

  function finish(job: Job, status: number): void {
    underWay--
    if (fresh.size() + ready.size() > 0) pumpSoon()
    if (job.era !== era) return
    if (status === 200) {
      stats.counts.webhooks_sent++
      stats.counts.updates_sent += job.updates.length
      waiting -= job.updates.length
      if (isFailing) log.info('webhooks are answered with 200 again')
      isFailing = false
      return
    }
    stats.counts.webhooks_failed++
    if (!isFailing) log.warn({ status }, 'a webhook was not answered with 200, it will be repeated')
    isFailing = true
    repeat(job)
  }

  function repeat(job: Job): void {
    job.attempts++
    if (job.attempts >= settings.retry_attempts) {
      stats.counts.webhooks_given_up++
      waiting -= job.updates.length
      return
    }
    scheduler.after(retryDelayMs(job.attempts, settings), () => {
      ready.put(job)
      pumpSoon()
    })
  }

  function makeRoom(count: number): boolean {
    if (waiting + count > waitingMax) {
      stats.counts.webhooks_lost += count
      return false
    }
    waiting += count
    return true
  }

  return {
    put(update: Update): void {
      if (!makeRoom(1)) return
      fresh.put(update)
      pumpSoon()
    },
    /** These go in one POST, whatever the settings say. */
    putTogether(updates: readonly Update[]): void {
      if (!makeRoom(updates.length)) return
      ready.put({ updates, attempts: 0, era })
      pumpSoon()
    },
    /** Updates that have not come through yet. */
    waiting: () => waiting,
    /** Forgets all of them. What is under way ends, but is not repeated. */
    clear(): void {
      era++
      waiting = 0
      isPumping = false
      fresh.clear()
      ready.clear()
    }
  }
}

/** How long to wait after so many attempts: nothing after the first, then a base that doubles up to a maximum. */
export function retryDelayMs(
  attempts: number,
  settings: Pick<Settings, 'retry_base_ms' | 'retry_delay_max_ms'>
): number {
  if (attempts <= 1) return 0
  return Math.min(settings.retry_delay_max_ms, settings.retry_base_ms * 2 ** (attempts - 2))
}
