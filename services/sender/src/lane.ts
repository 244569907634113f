import { type Pace } from '@wag/bus'
import { type ClaimedMessage, type Outcome } from '@wag/db'
import { createAlarm } from './alarm.ts'
import { type Claims } from './claim.ts'
import { createHand } from './hand.ts'
import { type Lookahead } from './lookahead.ts'
import { type Numbers, type ReadyNumber } from './numbers.ts'
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

type Unposted = { kind: 'expired' } | { kind: 'unposted'; delayMs: number; pairReserved?: boolean }

/**
 * Claims what is due, a little ahead of its time, gets a slot for each message from the number's pace, and posts at that
 * moment whatever is most urgent then. It does not wait for answers. `onEmpty` is called when there is nothing left.
 */
export function createLane(context: LaneContext, phoneNumberId: string, onEmpty: () => void): Lane {
  const { numbers, permits, claims, lookahead, recorder, log } = context
  const hand = createHand()
  const alarm = createAlarm(wake)
  const slots = createSlots({
    ...context,
    phoneNumberId,
    hand,
    rate,
    use: release,
    defer: ({ message }, waitMs) => letGo(message, { kind: 'unposted', delayMs: waitMs, pairReserved: true }),
    onHold: hold,
    onTurn: turn
  })
  let number: ReadyNumber | undefined
  let underWay = 0
  let isWanted = false
  let isFilling = false
  let heldUntil = 0
  let whenClosed: (() => void) | undefined

  const isClosed = (): boolean => whenClosed !== undefined

  function rate(): number {
    return number?.rate ?? context.rateDefault
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
    if (isWanted && !isClosed() && !isFilling && hand.size() <= lookahead.size(rate()) / 2) fill()
    if (underWay > 0 || isFilling || slots.isAsking() || hand.size() > 0) return
    whenClosed?.()
    if (!isClosed() && !isWanted && !alarm.isSet()) onEmpty()
  }

  function fill(): void {
    const heldMs = heldUntil - performance.now()
    if (heldMs > 0) {
      alarm.set(heldMs)
      return
    }
    isFilling = true
    isWanted = false
    fillOnce()
      .catch((error: unknown) => {
        log.warn({ err: error }, 'a lane could not claim')
        pause(ledgerPauseMs)
      })
      .finally(() => {
        isFilling = false
        turn()
      })
  }

  async function fillOnce(): Promise<void> {
    // Before the claim: a number that cannot send leaves its messages queued.
    number = await open()
    if (!number) return
    const permitted = await permits.take(number.tenantId, Math.max(1, lookahead.size(rate()) - hand.size()))
    let kept = 0
    try {
      if (isClosed()) return
      const startedAt = performance.now()
      const { messages, nextDueMs, claimedAt, tokenHash } = await claims.take(phoneNumberId, permitted)
      lookahead.learn(performance.now() - startedAt)
      const isUsable = messages.length === 0 || tokenHash === number.tokenHash || (await reopen())
      kept = messages.length
      for (const message of messages) {
        if (isUsable) keep(message, claimedAt)
        else putBack(message)
      }
      if (kept === permitted) isWanted = true
      else slots.rest()
      if (kept < permitted && nextDueMs !== undefined) wake(Math.max(1, nextDueMs))
    } finally {
      permits.give(permitted - kept)
    }
    slots.ask()
  }

  async function open(): Promise<ReadyNumber | undefined> {
    const loaded = await numbers.get(phoneNumberId)
    if (!loaded) return undefined
    const { accessToken } = loaded
    if (typeof accessToken === 'string') return { ...loaded, accessToken }
    log.warn({ err: accessToken, phoneNumberId }, 'the token of a number cannot be opened: its messages wait')
    pause(tokenPauseMs)
    return undefined
  }

  /**
   * The token was replaced: what was given out for the new one must not go out with the one before, which may have been
   * refused. False where the new one cannot be had.
   */
  async function reopen(): Promise<boolean> {
    numbers.forget(phoneNumberId)
    const fresh = await open().catch((error: unknown) => {
      log.warn({ err: error }, 'a lane could not read its number')
      return undefined
    })
    number = fresh ?? number
    return fresh !== undefined
  }

  function keep(message: ClaimedMessage, claimedAt: number): void {
    const { expiresInMs, templatePausedMs } = message
    if (isClosed()) putBack(message)
    else if (expiresInMs !== null && expiresInMs <= 0) letGo(message, { kind: 'expired' })
    else if (templatePausedMs !== null) letGo(message, { kind: 'unposted', delayMs: templatePausedMs })
    else hand.add({ message, claimedAt, isReady: false })
  }

  /** Posts the most urgent message whose claim is still good; false when there is none. */
  function release(): boolean {
    const now = performance.now()
    for (let held = hand.next(); held && number; held = hand.next()) {
      const { message, claimedAt } = held
      const ageMs = now - claimedAt
      if (ageMs > context.claimAgeMaxMs) putBack(message)
      else if (message.expiresInMs !== null && message.expiresInMs <= ageMs) letGo(message, { kind: 'expired' })
      else {
        finish(message, post(context, number, message, hold), true)
        return true
      }
    }
    return false
  }

  function hold(holdMs: number): void {
    if (isClosed() || holdMs <= 0) return
    slots.drop(holdMs)
    pause(holdMs)
    if (holdMs > holdInHandMaxMs) for (const { message } of hand.clear()) putBack(message)
  }

  function pause(ms: number): void {
    heldUntil = Math.max(heldUntil, performance.now() + ms)
    isWanted = true
    if (!isClosed()) alarm.set(ms)
  }

  /** Back to the place it had. */
  function putBack(message: ClaimedMessage): void {
    letGo(message, { kind: 'unposted', delayMs: -message.overdueMs })
  }

  function letGo({ messageId, claim }: ClaimedMessage, ending: Unposted): void {
    const outcome: Outcome = { messageId, claim, ...ending }
    finish({ messageId }, recorder.add(outcome), false)
  }

  function finish({ messageId }: { messageId: string }, work: Promise<unknown>, isPosted: boolean): void {
    underWay++
    work
      .catch((error: unknown) => log.error({ err: error, messageId, isPosted }, 'an outcome was not recorded'))
      .finally(() => {
        underWay--
        permits.give(1)
        turn()
      })
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
      for (const { message } of hand.clear()) putBack(message)
      turn()
      return closing
    }
  }
}
