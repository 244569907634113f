/** How far ahead of its time a message is claimed, at least and at most, in milliseconds. */
const leastMs = 25
const mostMs = 200
/** The weight of the newest measurement. */
const weight = 0.1

/** How many messages a lane holds: as many as it posts in the time a claim takes, and few, because a crash leaves them
 * `unknown` and a one-time code waits behind them. */
export type Lookahead = { learn(claimMs: number): void; size(rate: number): number }

export function createLookahead(): Lookahead {
  let claimMs = leastMs / 2
  return {
    learn(tookMs) {
      claimMs += (tookMs - claimMs) * weight
    },
    size(rate) {
      const aheadMs = Math.min(mostMs, Math.max(leastMs, 2 * claimMs))
      return Math.max(1, Math.ceil((rate * aheadMs) / 1000))
    }
  }
}
