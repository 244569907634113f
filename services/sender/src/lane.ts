import { type Pace } from '@wag/bus'
import { createAlarm } from './alarm.ts'
import { type Claims } from './claim.ts'
import { createEndings } from './endings.ts'
import { fill } from './fill.ts'
import { createHand } from './hand.ts'
import { type Lookahead } from './lookahead.ts'
import { type Numbers } from './numbers.ts'
import { createOpened } from './opened.ts'
import { type Permits } from './permits.ts'
import { type PostContext, post } from './post.ts'
import { createSlots } from './slots.ts'

export type LaneContext = PostContext & {
  numbers: Numbers
  permits: Permits
  claims: Claims
  pace: Pace
  lookahead: Lookahead
  /** Messages per second of a number that names no rate of its own. */
  rateDefault: number
  /** A claim older than this is not posted any more, in milliseconds: it may run out before Meta has answered. */
  claimAgeMaxMs: number
}

/** The messages of one number on their way from the ledger to Meta, in this process. */
export type Lane = {
  /** There may be something due, now or in so many milliseconds. */
  wake(inMs?: number): void
  /** Nothing may be posted for so many milliseconds. */
  hold(ms: number): void
  /** Takes no more, puts back what has not been posted, and waits for the POSTs under way. */
  close(): Promise<void>
}

/** A lane that could not work, because of the ledger or its token, looks again after this long, in milliseconds. */
const ledgerPauseMs = 1_000
const tokenPauseMs = 5_000
/** While a number is held for longer than this its messages wait in the ledger, not in our hands; in milliseconds. */
const holdInHandMaxMs = 1_500

/**
 * Claims what is due, a little ahead of its time, gets a slot for each message from the number's pace, and posts at that
 * moment whatever is most urgent then. It does not wait for answers. `onEmpty` is called when there is nothing left.
 */
export function createLane(context: LaneContext, phoneNumberId: string, onEmpty: () => void): Lane {
  const { lookahead, log } = context
  const hand = createHand()
  const alarm = createAlarm(wake)
  const opened = createOpened({ ...context, phoneNumberId, onSealed: () => pause(tokenPauseMs) })
  const endings = createEndings({ ...context, onEnd: turn })
  const slots = createSlots({
    ...context,
    phoneNumberId,
    hand,
    rate,
    use: release,
    defer: ({ message }, waitMs) => endings.letGo(message, { kind: 'unposted', delayMs: waitMs, pairReserved: true }),
    onHold: hold,
    onTurn: turn
  })
  let isWanted = false
  let isFilling = false
  let heldUntil = 0
  let whenClosed: (() => void) | undefined

  const isClosed = (): boolean => whenClosed !== undefined

  function rate(): number {
    return opened.current()?.rate ?? context.rateDefault
  }

  function wake(inMs = 0): void {
    if (isClosed()) return
    if (inMs > 0) {
      alarm.set(inMs)
      return
    }
    isWanted = true
    turn()
  }

  /** Whatever has changed: fills the hand when it is running low, and ends when there is nothing left to do. */
  function turn(): void {
    if (isWanted && !isClosed() && !isFilling && hand.size() <= lookahead.size(rate()) / 2) refill()
    if (endings.underWay() > 0 || isFilling || slots.isAsking() || hand.size() > 0) return
    whenClosed?.()
    if (!isClosed() && !isWanted && !alarm.isSet()) onEmpty()
  }

  function refill(): void {
    const heldMs = heldUntil - performance.now()
    if (heldMs > 0) {
      alarm.set(heldMs)
      return
    }
    isFilling = true
    isWanted = false
    fill({ ...context, phoneNumberId, opened, hand, slots, endings, rate, isClosed })
      .then(({ isMore, nextDueMs }) => {
        if (isMore) isWanted = true
        else if (nextDueMs !== undefined) wake(Math.max(1, nextDueMs))
      })
      .catch((error: unknown) => {
        log.warn({ err: error }, 'a lane could not claim')
        pause(ledgerPauseMs)
      })
      .finally(() => {
        isFilling = false
        turn()
      })
  }

  /** Posts the most urgent message whose claim is still good; false when there is none. */
  function release(): boolean {
    const now = performance.now()
    const number = opened.current()
    for (let held = hand.next(); held && number; held = hand.next()) {
      const { message, claimedAt } = held
      const ageMs = now - claimedAt
      if (ageMs > context.claimAgeMaxMs) endings.putBack(message)
      else if (message.expiresInMs !== null && message.expiresInMs <= ageMs) endings.letGo(message, { kind: 'expired' })
      else {
        endings.post(message, post(context, number, message, hold))
        return true
      }
    }
    return false
  }

  function hold(holdMs: number): void {
    if (isClosed() || holdMs <= 0) return
    slots.drop(holdMs)
    pause(holdMs)
    if (holdMs > holdInHandMaxMs) for (const { message } of hand.clear()) endings.putBack(message)
  }

  function pause(ms: number): void {
    heldUntil = Math.max(heldUntil, performance.now() + ms)
    isWanted = true
    if (!isClosed()) alarm.set(ms)
  }

  return {
    wake,
    hold,
    close() {
      const closing = new Promise<void>((resolve) => {
        whenClosed = resolve
      })
      alarm.clear()
      slots.close()
      for (const { message } of hand.clear()) endings.putBack(message)
      turn()
      return closing
    }
  }
}
