import { type Job, Worker } from 'bullmq'
import { connectPatientRedis, type RedisOptions } from './redis.ts'

export type WorkerOptions = RedisOptions & {
  prefix: string
  queue: string
  /** Jobs handled at once by this process. */
  concurrency: number
  handle: (data: unknown) => Promise<void>
  /** Called when a job has been handled and is gone from Redis: the same may be rung for again from now on. */
  onGone?: (data: unknown) => void
}

/** A running worker. */
export type RunningWorker = {
  /** Jobs being handled now. */
  active(): number
  /** Takes no more jobs, waits up to `graceMs` for those being handled, and lets go of Redis. */
  close(graceMs: number): Promise<void>
}

/**
 * A killed worker's jobs are taken over after at most the lock's 10 s and two looks of 2 s (BullMQ's own defaults need
 * about a minute). Two, since a look leaves a mark for as long as to the next one, which may still find it and give way.
 * A job never fails for having stalled: the ledger decides what is done twice, not the queue.
 */
const recovery = {
  lockDuration: 10_000,
  stalledInterval: 2_000,
  maxStalledCount: Number.MAX_SAFE_INTEGER
}

/** Handles the jobs of one queue. A handler that throws is told to `onError`; the job is not tried again by the queue. */
export function startWorker(options: WorkerOptions): RunningWorker {
  const redis = connectPatientRedis(options)
  const running = new Set<Promise<void>>()
  const worker = new Worker(
    options.queue,
    async (job: Job<unknown>) => {
      const handled = options.handle(job.data)
      running.add(handled)
      try {
        await handled
      } finally {
        running.delete(handled)
      }
    },
    {
      connection: redis,
      prefix: options.prefix,
      concurrency: options.concurrency,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
      ...recovery
    }
  )
  worker.on('error', options.onError)
  worker.on('completed', (job) => options.onGone?.(job.data))
  worker.on('failed', (job, error) => {
    options.onError(error)
    if (job) options.onGone?.(job.data)
  })
  return {
    active: () => running.size,
    async close(graceMs) {
      // Asked politely, BullMQ would wait for a Redis that is away.
      const isAway = redis.status !== 'ready'
      await within(graceMs, isAway ? Promise.allSettled(running) : worker.close())
      if (isAway) await worker.close(true)
      redis.disconnect()
    }
  }
}

async function within(graceMs: number, closing: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, graceMs)
  })
  try {
    await Promise.race([closing, deadline])
  } finally {
    clearTimeout(timer)
  }
}
