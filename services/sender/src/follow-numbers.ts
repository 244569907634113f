import { type RedisOptions, type RunningWorker, startWorker } from '@wag/bus'
import { SendJobSchema, sendQueueName } from '@wag/contracts'
import { type Db, listSendingNumbers, type PhoneNumber } from '@wag/db'
import { every } from '@wag/service'
import { type FastifyBaseLogger } from 'fastify'
import { Value } from 'typebox/value'

export type FollowOptions = {
  db: Db
  redisOptions: RedisOptions & { prefix: string }
  /** Jobs at once per number. */
  concurrency: number
  /** How long sends under way may take when closing, in milliseconds. */
  graceMs: number
  handle: (number: PhoneNumber, messageId: string) => Promise<void>
  log: FastifyBaseLogger
}

export type FollowedNumbers = {
  list(): PhoneNumber[]
  /** Sends of this number under way through its queue. */
  active(phoneNumberId: string): number
  close(): Promise<void>
}

/** A number that was added or removed is noticed after this long at the latest, in milliseconds. */
const lookIntervalMs = 5_000

/** Keeps one worker per phone number that can send. */
export async function followNumbers(options: FollowOptions): Promise<FollowedNumbers> {
  const { db, log } = options
  const followed = new Map<string, { number: PhoneNumber; worker: RunningWorker }>()

  async function look(): Promise<void> {
    const numbers = await listSendingNumbers(db)
    for (const number of numbers) {
      if (!followed.has(number.id)) followed.set(number.id, { number, worker: startFor(options, number) })
    }
    const wanted = new Set(numbers.map(({ id }) => id))
    for (const [id, { worker }] of followed) {
      if (wanted.has(id)) continue
      followed.delete(id)
      await worker.close(options.graceMs)
    }
  }

  const onError = (error: unknown): void => log.warn({ err: error }, 'cannot look for phone numbers')
  await look().catch(onError)
  const loop = every(lookIntervalMs, look, onError)
  return {
    list: () => [...followed.values()].map(({ number }) => number),
    active: (phoneNumberId) => followed.get(phoneNumberId)?.worker.active() ?? 0,
    async close() {
      await loop.stop()
      await Promise.all([...followed.values()].map(({ worker }) => worker.close(options.graceMs)))
    }
  }
}

function startFor({ redisOptions, concurrency, handle, log }: FollowOptions, number: PhoneNumber): RunningWorker {
  return startWorker({
    ...redisOptions,
    queue: sendQueueName(number.id),
    concurrency,
    onError: redisOptions.onError,
    async handle(data) {
      if (Value.Check(SendJobSchema, data)) await handle(number, data.messageId)
      else log.warn('a job that is not a send job was dropped')
    }
  })
}
