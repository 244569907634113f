import { createId } from '@wag/contracts'
import {
  type Backlog,
  type Claimed,
  type ClaimRequest,
  claimMessages,
  createBatcher,
  type Db,
  releaseClaims
} from '@wag/db'

/** Messages that were claimed; `claimedAt` is a moment of `performance.now()` before the claim began to run out. */
export type Haul = Claimed & { claimedAt: number }

export type Claims = {
  take(phoneNumberId: string, want: number): Promise<Haul>
  /** Gives back what claims hold whose answer was lost; returns how many messages that were. */
  release(): Promise<number>
}

/** Numbers that share one statement. */
const numbersMax = 200
/** The time within which a lane hears from the claim itself of what is due next, in milliseconds. */
const horizonMs = 1_200
/** Every number's queue is looked at from its beginning this often, in milliseconds, however long its backlog. */
const wholeLookMs = 5_000
/** A statement that was given up has certainly ended after this time, in milliseconds. */
const lostMs = 15_000

/** Claims in batches: one statement for all lanes that ask at the same time. */
export function createClaims(db: Db, ttlMs: number): Claims {
  const batcher = createBatcher<ClaimRequest, Claimed>(
    (requests) => claimMessages(db, requests, { ttlMs, horizonMs }),
    {
      itemsMax: numbersMax,
      inFlightMax: 2
    }
  )
  /** Claims whose statement failed, which may stand all the same; and until when they may still appear. */
  const lost = new Map<string, number>()
  /** How far we have come through the backlogs of numbers, and when we last began from their beginning. */
  const backlogs = new Map<string, { after: Backlog; since: number }>()

  function remember(phoneNumberId: string, { messages, after }: Claimed, want: number): void {
    const since = backlogs.get(phoneNumberId)?.since ?? performance.now()
    if (messages.length === want && performance.now() - since < wholeLookMs)
      backlogs.set(phoneNumberId, { after, since })
    else backlogs.delete(phoneNumberId)
  }

  return {
    async take(phoneNumberId, want) {
      const claim = createId()
      // Before the statement is sent: while this process is stopped its claims run out all the same.
      const claimedAt = performance.now()
      try {
        const claimed = await batcher.add({ phoneNumberId, claim, want, after: backlogs.get(phoneNumberId)?.after })
        remember(phoneNumberId, claimed, want)
        return { ...claimed, claimedAt }
      } catch (error) {
        backlogs.delete(phoneNumberId)
        lost.set(claim, claimedAt + lostMs)
        throw error
      }
    },
    async release() {
      if (lost.size === 0) return 0
      const claims = [...lost.keys()]
      const now = performance.now()
      const released = await releaseClaims(db, claims)
      for (const claim of claims) if ((lost.get(claim) ?? 0) < now) lost.delete(claim)
      return released
    }
  }
}
