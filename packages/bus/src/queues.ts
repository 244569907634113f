import { type IngestJob, ingestQueueName, type SendJob, sendJobId, sendQueueName } from '@wag/contracts'
import { type JobsOptions, Queue } from 'bullmq'
import { type Redis } from 'ioredis'
import { withRedis } from './redis.ts'

/** A bell for one message; `attempts` is how often it has been claimed before. */
export type Bell = { messageId: string; attempts: number; delayMs?: number }

export type QueuesOptions = { redis: Redis; prefix: string; onError: (error: Error) => void }

export type Queues = ReturnType<typeof openQueues>

/** What rings twice for the same work makes one job; a finished job leaves nothing that could swallow the next. */
const jobOptions: JobsOptions = {
  attempts: 1,
  removeOnComplete: true,
  removeOnFail: true
}
/** Entries kept of each queue's event stream: nobody reads it but the board. */
const streamEntriesMax = 100

/**
 * The queues that ring for work. Losing them, or any job in them, costs time and nothing else. Every call gives up by
 * itself (see `withRedis`).
 */
export function openQueues({ redis, prefix, onError }: QueuesOptions) {
  const open = new Map<string, Queue>()

  function queue(name: string): Queue {
    const known = open.get(name)
    if (known) return known
    const made = new Queue(name, {
      connection: redis,
      prefix,
      defaultJobOptions: jobOptions,
      streams: { events: { maxLen: streamEntriesMax } }
    })
    made.on('error', onError)
    open.set(name, made)
    // A queue whose first look at Redis failed would remember that for ever.
    made.waitUntilReady().catch((error: Error) => {
      open.delete(name)
      onError(error)
    })
    return made
  }

  return {
    /** Rings for messages of one phone number. */
    async ringSend(phoneNumberId: string, bells: Bell[]): Promise<void> {
      const jobs = bells.map(({ messageId, attempts, delayMs = 0 }) => ({
        name: 'send',
        data: { messageId } satisfies SendJob,
        opts: { jobId: sendJobId(messageId, attempts), delay: delayMs }
      }))
      await withRedis(redis, () => queue(sendQueueName(phoneNumberId)).addBulk(jobs))
    },

    /** Rings for a committed batch of webhooks. */
    async ringIngest(job: IngestJob): Promise<void> {
      await withRedis(redis, () => queue(ingestQueueName).add('ingest', job, { jobId: job.ids[0] ?? '' }))
    },

    /** Jobs of one number that a worker has or may take now. */
    async countSend(phoneNumberId: string): Promise<number> {
      const counts = await withRedis(redis, () => queue(sendQueueName(phoneNumberId)).getJobCounts(...busyStates))
      return Object.values(counts).reduce((sum, count) => sum + count, 0)
    },

    /** The queue itself, for the board. */
    queue
  }
}

const busyStates = ['waiting', 'active', 'prioritized'] as const
