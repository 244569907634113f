import { GraphError } from './graph-error.ts'

const pairIntervalMs = 6000
const pairBurst = 45
const pairsMax = 100_000

/** Meta's two limits on sending. A cell rate each: a theoretical arrival time per key, in ms. */
export function createLimits() {
  let numbers = new Map<string, number>()
  let pairs = new Map<string, number>()

  function take(times: Map<string, number>, key: string, intervalMs: number, burst: number, now: number): boolean {
    const arrival = Math.max(times.get(key) ?? 0, now) + intervalMs
    if (arrival - now > burst * intervalMs) return false
    times.set(key, arrival)
    return true
  }

  return {
    /** Throws 130429: more than `rate` messages per second from a number. */
    takeNumber(numberId: string, rate: number, now = performance.now()): void {
      if (take(numbers, numberId, 1000 / rate, Math.max(1, rate), now)) return
      const details = 'Cloud API message throughput has been reached.'
      throw new GraphError(130429, { details, subcode: 2494055 })
    },
    /** Throws 131056: more than one message per 6 s to a phone, with 45 at most borrowed from the future. */
    takePair(numberId: string, waId: string, now = performance.now()): void {
      if (pairs.size > pairsMax) pairs = new Map([...pairs].filter(([, arrival]) => arrival > now))
      if (take(pairs, `${numberId} ${waId}`, pairIntervalMs, pairBurst, now)) return
      const details =
        'Message failed to send because there were too many messages sent from this phone number to the same phone ' +
        'number in a short period of time.'
      throw new GraphError(131056, { details })
    },
    clear(): void {
      numbers = new Map()
      pairs = new Map()
    }
  }
}
