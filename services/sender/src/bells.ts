import { type RedisOptions, type RunningWorker, startWorker } from '@wag/bus'
import { SendJobSchema, sendQueueName } from '@wag/contracts'
import { type FastifyBaseLogger } from 'fastify'
import { Value } from 'typebox/value'
import { type Lanes } from './lanes.ts'

type BellsContext = { redisOptions: RedisOptions & { prefix: string }; lanes: Lanes; log: FastifyBaseLogger }

/** Bells taken at once: each is taken and let go. */
const concurrency = 20

/** Wakes the lane of every number that is rung for. */
export function startBells({ redisOptions, lanes, log }: BellsContext): RunningWorker {
  return startWorker({
    ...redisOptions,
    queue: sendQueueName,
    concurrency,
    async handle(data) {
      if (!Value.Check(SendJobSchema, data)) log.warn('a job that is not a send job was dropped')
    },
    // Not before the job is gone: what is committed until then is rung for in vain, since its number has a job.
    onGone(data) {
      if (Value.Check(SendJobSchema, data)) lanes.wake(data.phoneNumberId)
    }
  })
}
