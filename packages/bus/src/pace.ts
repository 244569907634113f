import { type Redis } from 'ioredis'
import { createClock } from './clock.ts'
import { type Grant, type PairLimit, pairMarginMs, type TakeRequest } from './grant.ts'
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
/** The share of the rate that is used, and what is left of it where the window below is the narrower limit. */
const share = 0.98
const shareLeast = 0.975
/**
 * No more than `peak` of the rate in any second, at Meta: so many slots in a second and `slackMs`, since one message may
 * be under way for longer than the next, and a slot is used up to `lateMaxMs` late. Less where that is not `shareLeast`.
 */
const peak = 1.02
const slackMs = 37
/** A slot this long past is void, in milliseconds: sent now, its message would stand too close to the next ones. */
export const lateMaxMs = 10
/**
 * How far ahead slots are handed out, in milliseconds, and more where Redis takes its time. Few, because those of a
 * process that stalls are used by nobody.
 */
const aheadMs = 12
/** How much faster than its usual pace a number goes to make up for slots that were wanted and not used. */
const hurry = 1.2
/** Where a number's pace is kept. */
export const paceKey = (prefix: string, phoneNumberId: string): string => `${prefix}:{send-${phoneNumberId}}:pace`
/** The rate is whole again after this long; it never falls below this share; it falls at most so often. */
export const recoveryMs = 30_000
const shareMin = 0.1
const slowOnceMs = 1_000
/** Messages that come in push the next slot away by this much at most, in milliseconds. */
const debitMaxMs = 1_000
/** Unused time that is made up for at most, in milliseconds. */
const backMaxMs = 250
/** Slots given back at most in one step: those of a long stall are over anyway. */
const unusedMax = 1_000
/** Redis is left alone for this long after it failed, in milliseconds. */
const retryMs = 1_000

/** The pace of numbers and recipients, shared exactly by all senders through Redis. */
export function openPace({ redis, prefix, onError, pair = metaPair }: PaceOptions): Pace {
  const clock = createClock()
  const local = createLocalPace(pair)
  /** The last slot we got for each number, in Redis' µs. */
  const lastSlots = new Map<string, number>()
  let awayUntil = 0

  const slotsKey = (id: string): string => `${prefix}:{send-${id}}:window`
  const numberKey = (id: string): string => paceKey(prefix, id)
  const pairKey = (id: string, contactId: number): string => `${prefix}:{send-${id}}:pair:${contactId}`

  async function takeShared({ phoneNumberId, rate, free, unused, busyMs, pairs }: TakeRequest): Promise<Grant> {
    const marks = unused.flatMap(({ mark }) => mark ?? []).slice(0, unusedMax)
    const keys = [
      numberKey(phoneNumberId),
      slotsKey(phoneNumberId),
      ...pairs.map(({ contactId }) => pairKey(phoneNumberId, contactId))
    ]
    const most = Math.max(1, Math.floor(rate * peak))
    const windowUs = Math.min(1_000 + slackMs, (1_000 * most) / (shareLeast * rate)) * 1_000
    const intervalUs = Math.max(1_000_000 / (rate * share), windowUs / most)
    const leadMs = clock.delay()
    const askedAt = performance.now()
    const answer = await run(redis, takeScript, keys, [
      intervalUs,
      intervalUs / hurry,
      most,
      windowUs,
      Math.min(busyMs, backMaxMs) * 1000,
      leadMs * 1000,
      (3 * leadMs + aheadMs) * 1000,
      lastSlots.get(phoneNumberId) ?? 0,
      recoveryMs * 1000,
      free,
      marks.length,
      pair.intervalMs * 1000,
      pair.burst,
      pairMarginMs(pair) * 1000,
      ...pairs.map(({ reserved }) => (reserved ? 'reserved' : 'place')),
      ...marks
    ])
    const [now = 0, hold = 0, again = 0, many = 0] = (answer as unknown[]).slice(0, 4).map(Number)
    const rest = (answer as unknown[]).slice(4).map(String)
    clock.learn(now / 1000, askedAt, performance.now())
    const slots = rest.slice(0, many)
    const last = slots.at(-1)
    if (last !== undefined) remember(phoneNumberId, Number(last))
    return {
      slots: slots.map((mark) => ({ at: clock.toLocal(Number(mark) / 1000), mark })),
      waits: rest.slice(many).map((wait) => Number(wait) / 1000),
      holdMs: hold / 1000,
      againMs: Math.max(aheadMs / 2, again / 1000)
    }
  }

  function remember(phoneNumberId: string, slot: number): void {
    if (lastSlots.size > 10_000) lastSlots.clear()
    lastSlots.set(phoneNumberId, slot)
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
          local.follow(request.phoneNumberId, grant.slots.at(-1)?.at)
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
      await tell(phoneNumberId, run(redis, refuseScript, [pairKey(phoneNumberId, contactId)], [waitMs * 1000]))
    },
    async debit(phoneNumberId, many) {
      await tell(
        phoneNumberId,
        run(redis, debitScript, [numberKey(phoneNumberId), slotsKey(phoneNumberId)], [many, debitMaxMs * 1000])
      )
    }
  }
}
