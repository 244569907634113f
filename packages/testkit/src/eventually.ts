import { setTimeout as wait } from 'node:timers/promises'

/** How long `eventually` goes on (5 s) and how often it looks (every 20 ms), in milliseconds. */
export type EventuallyOptions = { timeoutMs?: number; intervalMs?: number }

/**
 * Calls `check` until it neither throws nor gives something falsy, and resolves with what it gave. When the time is up
 * it rejects with the last error, so that a failing test says what was still wrong and not only that time passed.
 */
export async function eventually<Result>(
  check: () => Result | Promise<Result>,
  { timeoutMs = 5_000, intervalMs = 20 }: EventuallyOptions = {}
): Promise<NonNullable<Awaited<Result>>> {
  const deadline = performance.now() + timeoutMs
  let lastError: unknown
  for (;;) {
    try {
      const result = await check()
      if (result) return result
      lastError = new Error(`still ${String(result)} after ${timeoutMs} ms`)
    } catch (error) {
      lastError = error
    }
    if (performance.now() >= deadline) throw lastError
    await wait(intervalMs)
  }
}
