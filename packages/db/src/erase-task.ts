import { type LogEnd } from './events.ts'
import { type Identity } from './traces.ts'

/**
 * What a step works on: whose traces, from which place on, received up to when (as Postgres writes it: a `Date` would lose
 * the microseconds, and what came within the same millisecond).
 */
export type EraseTask = {
  tenantId: string
  identity: Identity
  place: string | null
  requestedAt: string
  encryptionKey: string
}

/** How far a step came: `place` is where it goes on, undefined when it is through; `isWaiting` when others have to end first. */
export type EraseProgress = {
  place?: string | undefined
  isWaiting?: boolean
  counts?: Record<string, number>
  ends?: LogEnd[]
}
