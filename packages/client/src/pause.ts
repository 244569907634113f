import { type RealtimeError } from './errors.ts'
import { type Timing } from './options.ts'

/** A connection that stood for this long was a good one: the next failure is a first one. In milliseconds. */
export const goodMs = 5_000

/** What the server will say again to the same question. */
const refusals = new Set([
  'unauthorized',
  'forbidden',
  'not_found',
  'bad_request',
  'too_many',
  'too_many_connections',
  'token'
])

/** How long to wait before the next attempt, `failures` failures after the last good connection. */
export function delayAfter({ code }: RealtimeError, failures: number, timing: Timing): number {
  if (refusals.has(code)) return timing.refusedMs * (0.5 + Math.random())
  return Math.random() * Math.min(timing.retryMsMax, timing.retryMs * 2 ** failures)
}

/** Waits, at most until the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, signal.aborted ? 0 : ms)
    signal.addEventListener('abort', done)
  })
}
