import { type ErrorScope } from './errors.ts'

/** What a delay depends on: a `SendOutcome` that was throttled or unsent, whole or in part. */
export type Putback = { kind: 'throttled'; scope: ErrorScope; retryAfterMs: number } | { kind: 'unsent' }

/** How long to leave a scope alone after its first refusal, in ms. Pair: Meta's 4^x seconds. */
export const firstWaits: Readonly<Record<ErrorScope, number>> = {
  pair: 1000,
  number: 1000,
  template: 60_000,
  message: 1000,
  waba: 60_000,
  token: 60_000,
  app: 60_000
}

// The longest waits, so that work goes on soon after the cause is gone. Meta's usage windows end by the hour; what
// could not be reached at all is tried at least every 45 s (30 s and jitter).
const longest = { pair: 600_000, number: 30_000, account: 900_000, unsent: 30_000 }

/**
 * Milliseconds until a message that was put back is due again. `attempts` counts the tries before this one, from 0;
 * `jitter` is a random number of 0 to 1 and adds up to half, lest all that met one limit come back at once.
 */
export function retryDelayMs(outcome: Putback, attempts: number, jitter: number): number {
  return Math.round(steady(outcome, Math.max(0, attempts)) * (1 + jitter / 2))
}

function steady(outcome: Putback, attempts: number): number {
  if (outcome.kind === 'unsent') return Math.min(longest.unsent, 1000 * 2 ** attempts)
  const { scope, retryAfterMs } = outcome
  if (scope === 'pair') return Math.min(longest.pair, retryAfterMs * 4 ** attempts)
  const cap = scope === 'number' || scope === 'message' ? longest.number : longest.account
  return Math.max(retryAfterMs, Math.min(cap, retryAfterMs * 2 ** attempts))
}
