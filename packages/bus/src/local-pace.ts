import { type Grant, type PairLimit, pairMarginMs, type TakeRequest } from './grant.ts'

/** The part of a number's rate that one process uses while it cannot ask what the others do. */
const share = 0.25
/** Recipients kept at most. */
const pairsMax = 100_000

type Numbers = Map<string, { next: number; heldUntil: number }>
type Pairs = Map<string, { paidAt: number; refusedUntil: number; burstUntil: number; sent: number }>

/**
 * The pace of one process alone, for the time in which Redis is away: a quarter of the rate, so that a few senders
 * together stay below it, and the recipients' pace as far as this process knows of it.
 */
export function createLocalPace(pair: PairLimit) {
  const numbers: Numbers = new Map()
  const pairs: Pairs = new Map()
  const { intervalMs, burst } = pair
  const marginMs = pairMarginMs(pair)

  function numberOf(id: string) {
    const known = numbers.get(id) ?? { next: 0, heldUntil: 0 }
    numbers.set(id, known)
    return known
  }

  function pairOf(id: string, contactId: number, now: number) {
    const key = `${id} ${contactId}`
    if (pairs.size > pairsMax) for (const [old, { paidAt }] of pairs) if (paidAt < now) pairs.delete(old)
    const known = pairs.get(key) ?? { paidAt: 0, refusedUntil: 0, burstUntil: 0, sent: 0 }
    pairs.set(key, known)
    return known
  }

  /** See `takeScript`, which does the same. */
  function waitFor(id: string, { contactId, reserved }: TakeRequest['pairs'][number], now: number): number {
    const known = pairOf(id, contactId, now)
    if (reserved && known.refusedUntil <= now) return 0
    const free = Math.max(known.paidAt, known.refusedUntil)
    if (free <= now) {
      Object.assign(known, {
        burstUntil: now + intervalMs - 2 * marginMs,
        sent: 1,
        paidAt: now + intervalMs + marginMs
      })
      return 0
    }
    if (now < known.burstUntil && known.sent < burst && known.refusedUntil <= now) {
      known.sent++
      known.paidAt += intervalMs
      return 0
    }
    known.burstUntil = 0
    known.paidAt = free + intervalMs + marginMs
    return free - now
  }

  return {
    take({ phoneNumberId, rate, free, pairs: checks }: TakeRequest): Grant {
      const now = performance.now()
      const number = numberOf(phoneNumberId)
      if (number.heldUntil > now) return { slots: [], waits: [], holdMs: number.heldUntil - now, againMs: 0 }
      const waits = checks.map((check) => waitFor(phoneNumberId, check, now))
      const slotMs = 1000 / (rate * share)
      const wanted = free + waits.filter((wait) => wait === 0).length
      const start = Math.max(number.next, now)
      const slots = Array.from({ length: wanted }, (_, index) => ({ at: start + index * slotMs }))
      number.next = start + wanted * slotMs
      return { slots, waits, holdMs: 0, againMs: 0 }
    },
    /** Goes on after the last slot that Redis gave. */
    follow(phoneNumberId: string, slot: number | undefined): void {
      if (slot !== undefined) numberOf(phoneNumberId).next = slot
    },
    hold(phoneNumberId: string, holdMs: number): void {
      const number = numberOf(phoneNumberId)
      number.heldUntil = Math.max(number.heldUntil, performance.now() + holdMs)
    },
    refuse(phoneNumberId: string, contactId: number, waitMs: number): void {
      const now = performance.now()
      const known = pairOf(phoneNumberId, contactId, now)
      known.refusedUntil = Math.max(known.refusedUntil, now + waitMs)
      known.paidAt = Math.max(known.paidAt, known.refusedUntil)
      known.burstUntil = 0
    }
  }
}
