import { type Grant, lateMaxMs, type Pace, type Slot } from '@wag/bus'
import { type Hand, type Held } from './hand.ts'
import { type Metrics } from './metrics.ts'

export type SlotsOptions = {
  pace: Pace
  metrics: Metrics
  phoneNumberId: string
  hand: Hand
  /** Messages per second. */
  rate: () => number
  /** A slot's moment has come: posts a message; false when there was none. */
  use: () => boolean
  /** A message's recipient has had enough; its place comes in so many milliseconds. */
  defer: (held: Held, waitMs: number) => void
  /** The number is held for so many milliseconds. */
  onHold: (holdMs: number) => void
  /** Called whenever something may have come to an end. */
  onTurn: () => void
}

/** The slots of one lane: asks the pace for as many as there are messages in hand, and uses each at its moment. */
export type Slots = {
  /** There is something new in hand. */
  ask(): void
  /** There is nothing more to send than what is in hand: from here on, time that is not used was not wanted. */
  rest(): void
  /** Lets go of all slots, and asks again after so many milliseconds. */
  drop(forMs: number): void
  isAsking(): boolean
  close(): void
}

/** Timers fire on whole milliseconds. */
const grainMs = 0.5
const never = Number.POSITIVE_INFINITY

export function createSlots(options: SlotsOptions): Slots {
  const { pace, metrics, hand } = options
  let slots: Slot[] = []
  let askAt = 0
  let unused: Slot[] = []
  let busySince = performance.now()
  let asking = false
  let isStale = false
  let closed = false
  let timer: NodeJS.Timeout | undefined

  function ask(): void {
    if (closed || hand.size() === 0) return
    // What came into hand meanwhile is asked for next.
    isStale = asking
    if (asking) return
    asking = true
    const unchecked = hand.unchecked()
    const request = {
      phoneNumberId: options.phoneNumberId,
      rate: options.rate(),
      free: Math.max(0, hand.readySize() - slots.length),
      unused,
      busyMs: Math.max(0, performance.now() - busySince),
      pairs: unchecked.map(({ message }) => ({ contactId: message.contactId, reserved: message.pairReserved }))
    }
    unused = []
    void pace.take(request).then((grant) => {
      asking = false
      if (!closed) take(grant, unchecked)
      options.onTurn()
    })
  }

  function take(grant: Grant, checked: Held[]): void {
    if (grant.holdMs > 0) {
      options.onHold(grant.holdMs)
      return
    }
    for (const [index, held] of checked.entries()) settle(held, grant.waits[index] ?? 0)
    slots.push(...grant.slots)
    askAt = performance.now() + grant.againMs
    if (isStale) ask()
    schedule()
  }

  function settle(held: Held, waitMs: number): void {
    if (waitMs === 0) {
      held.isReady = true
      return
    }
    metrics.paced.inc()
    if (hand.remove(held)) options.defer(held, waitMs)
  }

  /** Wakes up for the next slot, or to ask for those that are missing. */
  function schedule(): void {
    clearTimeout(timer)
    const at = Math.min(slots[0]?.at ?? never, !asking && hand.size() > slots.length ? askAt : never)
    if (at < never) timer = setTimeout(tick, Math.max(0, at - performance.now()))
  }

  function tick(): void {
    const now = performance.now()
    for (let slot = slots[0]; slot && slot.at <= now + grainMs; slot = slots[0]) {
      slots.shift()
      const isLate = now - slot.at > lateMaxMs
      if (isLate) metrics.missed.inc()
      if (isLate || !options.use()) unused.push(slot)
    }
    if (!asking && hand.size() > slots.length && now + grainMs >= askAt) ask()
    schedule()
    options.onTurn()
  }

  return {
    ask,
    rest() {
      busySince = performance.now()
    },
    drop(forMs) {
      slots = []
      askAt = performance.now() + forMs
      busySince = askAt
      schedule()
    },
    isAsking: () => asking,
    close() {
      closed = true
      clearTimeout(timer)
    }
  }
}
