import { type Redis } from 'ioredis'
import { createClock } from './clock.ts'
import { type Grant, type PairLimit, type TakeRequest } from './grant.ts'
import { createLocalPace } from './local-pace.ts'
import { debitScript, holdScript, refuseScript, run, slowScript, takeScript } from './pace-scripts.ts'
import { type RedisOptions } from './redis.ts'

export type Pace = {
  /** Never throws: without Redis, slots come from a slower pace of this process alone. */
  take(request: TakeRequest): Promise<Grant>
  /** Meta says that a number is too fast: multiplies its rate, which recovers by itself, and holds it for a while. */
  slow(phoneNumberId: string, factor: number, holdMs: number): Promise<void>
  hold(phoneNumberIds: string[], holdMs: number): Promise<void>
  /** Meta refused a recipient: nothing goes to it for so long. */
  refuse(phoneNumberId: string, contactId: number, waitMs: number): Promise<void>
  /** Counts messages that came in. */
  debit(phoneNumberId: string, many: number): Promise<void>
}

export type PaceOptions = {
  redis: Redis
  prefix: string
  onError: RedisOptions['onError']
  pair?: PairLimit
}

/** Meta's own numbers. */
const metaPair: PairLimit = { intervalMs: 6_000, burst: 45 }
/**
 * The share of the rate that is used. With slots used at most `lateMaxMs` late, what arrives in any second is then no
 * more than 102 % of the rate, and 98.5 % on average.
 */
const share = 0.985
/** A slot this long past is void, in milliseconds: sent now, its message would stand too close to the next ones. */
export const lateMaxMs = 20
/** How far ahead slots are handed out, in milliseconds. */
const aheadMs = 250
/** The rate is whole again after this long; it never falls below this share; it falls at most so often. */
const recoveryMs = 30_000
const shareMin = 0.1
const slowOnceMs = 1_000
/** Messages that come in push the next slot away by this much at most, in milliseconds. */
const debitMaxMs = 1_000
/** A place in a recipient's pace is used this much later: Meta's clock starts when the message before has arrived. */
const pairMarginMs = 500
/** Redis is left alone for this long after it failed, in milliseconds. */
const retryMs = 1_000

/** The pace of numbers and recipients, shared exactly by all senders through Redis. */
export function openPace({ redis, prefix, onError, pair = metaPair }: PaceOptions): Pace {
  const clock = createClock()
  const local = createLocalPace({ pair, lateMaxMs })
  /** Where each number's slots ended when we last asked, in Redis' µs: a Redis that comes back empty knows nothing. */
  const ends = new Map<string, number>()
  let awayUntil = 0

  const numberKey = (id: string): string => `${prefix}:{send-${id}}:pace`
  const pairKey = (id: string, contactId: number): string => `${prefix}:{send-${id}}:pair:${contactId}`

  async function takeShared({ phoneNumberId, rate, free, pairs }: TakeRequest): Promise<Grant> {
    const keys = [numberKey(phoneNumberId), ...pairs.map(({ contactId }) => pairKey(phoneNumberId, contactId))]
    const askedAt = performance.now()
    const answer = await run(redis, takeScript, keys, [
      1_000_000 / (rate * share),
      (lateMaxMs / 2) * 1000,
      aheadMs * 1000,
      ends.get(phoneNumberId) ?? 0,
      recoveryMs * 1000,
      free,
      pair.intervalMs * 1000,
      pair.burst,
      Math.min(pairMarginMs, pair.intervalMs / 4) * 1000,
      ...pairs.map(({ reserved }) => (reserved ? 'reserved' : 'place'))
    ])
    const [now = 0, hold = 0, start = 0, interval = 0, granted = 0, again = 0, ...waits] = (answer as unknown[]).map(
      Number
    )
    clock.learn(now / 1000, askedAt, performance.now())
    if (granted > 0) remember(phoneNumberId, start + granted * interval)
    return {
      slots: Array.from({ length: granted }, (_, index) => clock.toLocal((start + index * interval) / 1000)),
      waits: waits.map((wait) => wait / 1000),
      holdMs: hold / 1000,
      againMs: again / 1000
    }
  }

  function remember(phoneNumberId: string, end: number): void {
    if (ends.size > 10_000) ends.clear()
    ends.set(phoneNumberId, end)
  }

  /** For what may be lost: then the number runs into the limit once more. */
  async function tell(id: string, work: Promise<unknown>): Promise<void> {
    await work.catch((error: unknown) => onError(error instanceof Error ? error : new Error(`${id}: ${String(error)}`)))
  }

  return {
    async take(request) {
      if (redis.status === 'ready' && performance.now() >= awayUntil) {
        try {
          const grant = await takeShared(request)
          local.follow(request.phoneNumberId, grant.slots.at(-1))
          return grant
        } catch (error) {
          awayUntil = performance.now() + retryMs
          onError(error instanceof Error ? error : new Error(String(error)))
        }
      }
      return local.take(request)
    },
    async slow(phoneNumberId, factor, holdMs) {
      local.hold(phoneNumberId, holdMs)
      const args = [factor, holdMs * 1000, recoveryMs * 1000, shareMin, slowOnceMs * 1000]
      await tell(phoneNumberId, run(redis, slowScript, [numberKey(phoneNumberId)], args))
    },
    async hold(phoneNumberIds, holdMs) {
      for (const id of phoneNumberIds) local.hold(id, holdMs)
      await Promise.all(phoneNumberIds.map((id) => tell(id, run(redis, holdScript, [numberKey(id)], [holdMs * 1000]))))
    },
    async refuse(phoneNumberId, contactId, waitMs) {
      local.refuse(phoneNumberId, contactId, waitMs)
      const args = [waitMs * 1000, pair.intervalMs * 1000, pair.burst]
      await tell(phoneNumberId, run(redis, refuseScript, [pairKey(phoneNumberId, contactId)], args))
    },
    async debit(phoneNumberId, many) {
      await tell(phoneNumberId, run(redis, debitScript, [numberKey(phoneNumberId)], [many, debitMaxMs * 1000]))
    }
  }
}
