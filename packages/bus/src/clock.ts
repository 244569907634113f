/** How far two clocks may drift apart, as a share: quartz is far better. */
const driftMax = 1e-4
/** An answer that takes longer, in milliseconds, says nothing about the next one. */
const delayMaxMs = 50
/** The weight of the newest delay. */
const weight = 0.1

/**
 * What Redis' clock says in terms of `performance.now()`, learned from exchanges: a time that Redis named lies between
 * the moment we asked and the moment we heard. Many exchanges narrow it down, so that a slow answer moves nothing.
 */
export function createClock() {
  let low = Number.NEGATIVE_INFINITY
  let high = Number.POSITIVE_INFINITY
  let at = 0
  let delayMs = 0

  return {
    /** `remoteMs` was named between `askedAt` and `heardAt`. */
    learn(remoteMs: number, askedAt: number, heardAt: number): void {
      const slack = (heardAt - at) * driftMax
      at = heardAt
      low = Math.max(low - slack, askedAt - remoteMs)
      high = Math.min(high + slack, heardAt - remoteMs)
      // One of the clocks was set: what was learned before is void.
      if (low > high) [low, high] = [askedAt - remoteMs, heardAt - remoteMs]
      const tookMs = Math.max(0, heardAt - remoteMs - (low + high) / 2)
      delayMs += (Math.min(tookMs, delayMaxMs) - delayMs) * weight
    },
    /** How long it usually takes until we hear of a moment, in milliseconds. */
    delay: () => delayMs,
    /** A moment of Redis' clock in our own. */
    toLocal(remoteMs: number): number {
      return remoteMs + (low + high) / 2
    }
  }
}
