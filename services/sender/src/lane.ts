import { lateMaxMs, type Pace } from '@wag/bus'
import { type ClaimedMessage, type Outcome } from '@wag/db'
import { type FastifyBaseLogger } from 'fastify'
import { type Claims } from './claim.ts'
import { createHand, type Hand } from './hand.ts'
import { type Lookahead } from './lookahead.ts'
import { type Metrics } from './metrics.ts'
import { type Numbers, type ReadyNumber } from './numbers.ts'
import { type Permits } from './permits.ts'
import { type PostContext, post } from './post.ts'
import { type Recorder } from './record.ts'

export type LaneContext = PostContext & {
  numbers: Numbers
  permits: Permits
  claims: Claims
  pace: Pace
  lookahead: Lookahead
  recorder: Recorder
  metrics: Metrics
  log: FastifyBaseLogger
  /** Messages per second of a number that names no rate of its own. */
  rateDefault: number
  /** A claim older than this is not posted any more, in milliseconds: it may run out before Meta has answered. */
  claimAgeMaxMs: number
}

/** The messages of one number on their way from the ledger to Meta, in this process. */
export type Lane = {
  /** There may be something due, now or in so many milliseconds. */
  wake(inMs?: number): void
  /** Takes no more, puts back what has not been posted, and waits for the POSTs under way. */
  close(): Promise<void>
}

/** A lane that could not work, because of the ledger or its token, looks again after this long, in milliseconds. */
const ledgerPauseMs = 1_000
const tokenPauseMs = 5_000
/** While a number is held for longer than this its messages wait in the ledger, not in our hands; in milliseconds. */
const holdInHandMaxMs = 1_500
/** Timers fire on whole milliseconds. */
const timerGrainMs = 0.5

/**
 * Claims what is due, a little ahead of its time, gets a slot for each message from the number's pace, and posts at that
 * moment whatever is most urgent then. It does not wait for answers. `onEmpty` is called when there is nothing left.
 */
export function createLane(context: LaneContext, phoneNumberId: string, onEmpty: () => void): Lane {
  const { numbers, permits, claims, pace, recorder, metrics, log } = context
  const hand: Hand = createHand()
  let number: ReadyNumber | undefined
  let slots: number[] = []
  let posting = 0
  let wanted = false
  let closed = false
  let heldUntil = 0
  let filling: Promise<void> | undefined
  let placing: Promise<void> | undefined
  let isPlacingStale = false
  let slotTimer: NodeJS.Timeout | undefined
  let wakeTimer: NodeJS.Timeout | undefined
  let wakeAt = Number.POSITIVE_INFINITY
  let whenDone: (() => void) | undefined

  function wake(inMs = 0): void {
    if (inMs > 0) {
      wakeLater(inMs)
      return
    }
    wanted = true
    fill()
  }

  function wakeLater(inMs: number): void {
    if (closed) return
    const at = performance.now() + inMs
    if (at >= wakeAt) return
    clearTimeout(wakeTimer)
    wakeAt = at
    wakeTimer = setTimeout(() => {
      wakeAt = Number.POSITIVE_INFINITY
      wake()
    }, Math.ceil(inMs))
  }

  /** Fills the hand while there is something due; one at a time. */
  function fill(): void {
    const waitMs = heldUntil - performance.now()
    if (filling || closed || !wanted || hand.size() > target() / 2) return
    if (waitMs > 0) {
      wakeLater(waitMs)
      return
    }
    filling = fillOnce()
      .catch((error: unknown) => {
        log.warn({ err: error }, 'a lane could not claim')
        pause(ledgerPauseMs)
      })
      .finally(() => {
        filling = undefined
        fill()
        settle()
      })
  }

  async function fillOnce(): Promise<void> {
    wanted = false
    number = await loadNumber()
    if (!number) return
    const want = target() - hand.size()
    const permitted = await permits.take(number.tenantId, want)
    let kept = 0
    try {
      if (closed) return
      const startedAt = performance.now()
      const { messages, nextDueMs, claimedAt } = await claims.take(phoneNumberId, permitted)
      context.lookahead.learn(performance.now() - startedAt)
      if (messages.length === permitted) wanted = true
      else if (nextDueMs !== undefined) wakeLater(nextDueMs)
      kept = messages.length
      for (const message of messages) keep(message, claimedAt)
    } finally {
      permits.give(permitted - kept)
    }
    place()
  }

  async function loadNumber(): Promise<ReadyNumber | undefined> {
    const loaded = await numbers.get(phoneNumberId)
    if (!loaded) return undefined
    const { accessToken } = loaded
    if (typeof accessToken === 'string') return { ...loaded, accessToken }
    log.warn({ err: accessToken, phoneNumberId }, 'the token of a number cannot be opened: its messages wait')
    pause(tokenPauseMs)
    return undefined
  }

  function keep(message: ClaimedMessage, claimedAt: number): void {
    const { expiresInMs, templatePausedMs } = message
    if (closed) putBack(message, -message.overdueMs)
    else if (expiresInMs !== null && expiresInMs <= 0) drop(message, { kind: 'expired' })
    else if (templatePausedMs !== null) putBack(message, templatePausedMs)
    else hand.add({ message, claimedAt, isReady: false })
  }

  /** Gets slots for what is in hand and has none. */
  function place(): void {
    if (closed || hand.size() === 0) return
    isPlacingStale = placing !== undefined
    if (isPlacingStale) return
    placing = placeOnce().finally(() => {
      placing = undefined
      if (isPlacingStale) place()
      settle()
    })
  }

  async function placeOnce(): Promise<void> {
    if (!number) return
    const unchecked = hand.unchecked()
    const grant = await pace.take({
      phoneNumberId,
      rate: number.rate ?? context.rateDefault,
      free: Math.max(0, hand.readySize() - slots.length),
      pairs: unchecked.map(({ message }) => ({ contactId: message.contactId, reserved: message.pairReserved }))
    })
    if (closed) return
    if (grant.holdMs > 0) return hold(grant.holdMs)
    unchecked.forEach((held, index) => {
      const waitMs = grant.waits[index] ?? 0
      if (waitMs === 0) {
        held.isReady = true
        return
      }
      metrics.paced.inc({ scope: 'pair' })
      hand.remove(held)
      putBack(held.message, waitMs, true)
    })
    slots.push(...grant.slots)
    schedule(slots.length < hand.readySize() ? grant.againMs : undefined)
    fill()
  }

  function schedule(againMs?: number): void {
    clearTimeout(slotTimer)
    const [next] = slots
    if (next !== undefined) slotTimer = setTimeout(tick, Math.max(0, next - performance.now()))
    else if (againMs !== undefined) slotTimer = setTimeout(tick, Math.max(1, againMs))
  }

  /** Uses the slots whose time has come. */
  function tick(): void {
    const now = performance.now()
    while (slots[0] !== undefined && slots[0] <= now + timerGrainMs) {
      const slot = slots.shift() ?? now
      if (now - slot > lateMaxMs) metrics.missed.inc()
      else release(now)
    }
    schedule()
    if (hand.size() > slots.length) place()
    fill()
    settle()
  }

  /** Posts the most urgent message whose claim is still good. */
  function release(now: number): void {
    for (let held = hand.next(); held && number; held = hand.next()) {
      const { message, claimedAt } = held
      const ageMs = now - claimedAt
      if (ageMs > context.claimAgeMaxMs) putBack(message, -message.overdueMs)
      else if (message.expiresInMs !== null && message.expiresInMs <= ageMs) drop(message, { kind: 'expired' })
      else {
        start(number, message)
        return
      }
    }
  }

  function start(from: ReadyNumber, message: ClaimedMessage): void {
    posting++
    post(context, from, message, hold)
      .catch((error: unknown) => log.error({ err: error, messageId: message.messageId }, 'an outcome was not recorded'))
      .finally(() => {
        posting--
        permits.give(1)
        settle()
      })
  }

  function hold(holdMs: number): void {
    if (closed || holdMs <= 0) return
    slots = []
    clearTimeout(slotTimer)
    pause(holdMs)
    if (holdMs <= holdInHandMaxMs) {
      slotTimer = setTimeout(tick, Math.ceil(holdMs))
      return
    }
    for (const { message } of hand.clear()) putBack(message, -message.overdueMs)
  }

  function pause(ms: number): void {
    heldUntil = Math.max(heldUntil, performance.now() + ms)
    wanted = true
    wakeLater(ms)
  }

  function putBack({ messageId, claim }: ClaimedMessage, delayMs: number, pairReserved = false): void {
    drop({ messageId, claim }, { kind: 'unposted', delayMs, pairReserved })
  }

  type Unposted = { kind: 'expired' } | { kind: 'unposted'; delayMs: number; pairReserved: boolean }

  /** Lets go of a message without a POST. */
  function drop({ messageId, claim }: Pick<ClaimedMessage, 'messageId' | 'claim'>, ending: Unposted): void {
    permits.give(1)
    const outcome: Outcome = { messageId, claim, ...ending }
    posting++
    recorder
      .add(outcome)
      .catch((error: unknown) => log.error({ err: error, messageId }, 'a message was not put back'))
      .finally(() => {
        posting--
        settle()
      })
  }

  function target(): number {
    return context.lookahead.size(number?.rate ?? context.rateDefault)
  }

  /** Tells when there is nothing left to do here. */
  function settle(): void {
    if (posting > 0 || filling || placing || hand.size() > 0) return
    whenDone?.()
    if (!closed && !wanted && wakeAt === Number.POSITIVE_INFINITY) onEmpty()
  }

  return {
    wake,
    close() {
      closed = true
      clearTimeout(slotTimer)
      clearTimeout(wakeTimer)
      for (const { message } of hand.clear()) putBack(message, -message.overdueMs)
      return new Promise((resolve) => {
        whenDone = resolve
        settle()
      })
    }
  }
}
