/**
 * Meta's limit per recipient: one message in this time. So many may be sent within one such time, on credit: nothing goes
 * then until all of them are paid for.
 */
export type PairLimit = { intervalMs: number; burst: number }

/** A message goes this much later than it might, and a burst ends earlier: Meta counts from when each has arrived. */
export function pairMarginMs({ intervalMs }: PairLimit): number {
  return Math.min(500, intervalMs / 4)
}

/** What is asked for a number: slots for messages that have passed their recipient's pace, and for those in `pairs`. */
export type TakeRequest = {
  phoneNumberId: string
  /** Messages per second. */
  rate: number
  /** Slots for messages that need no check any more. */
  free: number
  /** Slots handed out before and not used. */
  unused: Slot[]
  /** For how long there has been more to send than slots, in milliseconds: what was not used since is made up for. */
  busyMs: number
  pairs: PairCheck[]
}

/** `reserved`: the message was put back with a place of its own, which counts unless Meta has refused the pair since. */
export type PairCheck = { contactId: number; reserved: boolean }

/** A moment, of `performance.now()`, at which one message may go. `mark`: by what the others know it. */
export type Slot = { at: number; mark?: string }

/** Times in milliseconds; slots stand in their order. */
export type Grant = {
  slots: Slot[]
  /** Per pair: 0 when the message may go, else when its place is; that place is taken for it. */
  waits: number[]
  /** The whole number is held for so long: nothing was granted, nothing checked. 0 when it is not. */
  holdMs: number
  /** When the slots that are missing may be asked for. */
  againMs: number
}
