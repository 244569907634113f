import { type Batcher, type ClaimedMessage, type ClaimRequest, claimMessages, createBatcher, type Db } from '@wag/db'

export type Claims = Batcher<ClaimRequest, ClaimedMessage | undefined>

/** Claims in batches: one statement for all jobs that were picked up together. */
export function createClaims(db: Db, claimTtlMs: number): Claims {
  return createBatcher((requests) => claimMessages(db, requests, claimTtlMs), { itemsMax: 300, inFlightMax: 2 })
}
