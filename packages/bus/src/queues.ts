import {
  type IngestJob,
  ingestQueueName,
  type MediaJob,
  mediaQueueName,
  type SendJob,
  sendQueueName
} from '@wag/contracts'
import { type JobsOptions, Queue } from 'bullmq'
import { type Redis } from 'ioredis'
import { withRedis } from './redis.ts'

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
    /**
     * Rings for phone numbers that have something to send. A number that has been rung for and not been heard has one
     * job, however often it is rung for again: what waits costs Redis nothing.
     */
    async ringSend(phoneNumberIds: string[]): Promise<void> {
      const jobs = [...new Set(phoneNumberIds)].map((phoneNumberId) => ({
        name: 'send',
        data: { phoneNumberId } satisfies SendJob,
        opts: { jobId: `number-${phoneNumberId}` }
      }))
      await withRedis(redis, () => queue(sendQueueName).addBulk(jobs))
    },

    /** Rings for a committed batch of webhooks. */
    async ringIngest(job: IngestJob): Promise<void> {
      await withRedis(redis, () => queue(ingestQueueName).add('ingest', job, { jobId: job.ids[0] ?? '' }))
    },

    /** Rings for media that a committed batch noted. */
    async ringMedia(job: MediaJob): Promise<void> {
      await withRedis(redis, () => queue(mediaQueueName).add('media', job))
    },

    /** The queue itself, for the board. */
    queue
  }
}
