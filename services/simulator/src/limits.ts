import { GraphError } from './graph-error.ts'
import { createWindow, type Window } from './window.ts'

const pairIntervalMs = 6000
const pairBurst = 45
const pairsMax = 100_000

/** What one number sent to one phone: a burst that is still open, and until when it is paid for. */
type Pair = { burstUntil: number; left: number; debtUntil: number }

/** What a number did: `asked` counts every send that came, `counted` what Meta's throughput counts, in and out. */
type Load = { asked: Window; counted: Window }

/** The largest seconds of a number, as the control API shows them. */
export type LargestSecond = { asked: number; counted: number }

export type Limits = ReturnType<typeof createLimits>

/** Meta's two limits on sending, and how near to them it came. */
export function createLimits() {
  let loads = new Map<string, Load>()
  let pairs = new Map<string, Pair>()

  function loadOf(numberId: string): Load {
    const load = loads.get(numberId) ?? { asked: createWindow(), counted: createWindow() }
    loads.set(numberId, load)
    return load
  }

  /** The pair after one message more; undefined where that is too much. */
  function nextOf(pair: Pair | undefined, now: number): Pair | undefined {
    if (pair === undefined || now >= pair.debtUntil) {
      return { burstUntil: now + pairIntervalMs, left: pairBurst - 1, debtUntil: now + pairIntervalMs }
    }
    if (now >= pair.burstUntil || pair.left === 0) return undefined
    return { ...pair, left: pair.left - 1, debtUntil: pair.debtUntil + pairIntervalMs }
  }

  function setPair(key: string, pair: Pair, now: number): void {
    if (pairs.size > pairsMax) pairs = new Map([...pairs].filter(([, { debtUntil }]) => debtUntil > now))
    pairs.set(key, pair)
  }

  return {
    /**
     * A number sends to a phone. Throws 130429 where `rate` messages were sent and received in the second that ends now, and
     * 131056 where the phone was written to too often: one message per 6 s, or up to 45 within 6 s, after which nothing goes
     * until 6 s for each of them are over. What is refused counts for neither.
     */
    send(
      numberId: string,
      waId: string,
      limits: { rate: number | null; pair: boolean },
      now = performance.now()
    ): void {
      const { asked, counted } = loadOf(numberId)
      asked.add(now)
      if (limits.rate !== null && counted.size(now) >= limits.rate) throw tooFast()
      const key = `${numberId} ${waId}`
      const pair = limits.pair ? nextOf(pairs.get(key), now) : undefined
      if (limits.pair && pair === undefined) throw tooOften()
      if (pair !== undefined) setPair(key, pair, now)
      counted.add(now)
    },
    /** A phone writes to a number, which counts like a message sent. */
    receive(numberId: string, now = performance.now()): void {
      loadOf(numberId).counted.add(now)
    },
    /** By number. */
    largestSeconds(): Record<string, LargestSecond> {
      const entries = [...loads].map(([id, { asked, counted }]) => {
        return [id, { asked: asked.largest(), counted: counted.largest() }] as const
      })
      return Object.fromEntries(entries)
    },
    clear(): void {
      loads = new Map()
      pairs = new Map()
    }
  }
}

function tooFast(): GraphError {
  return new GraphError(130429, { details: 'Cloud API message throughput has been reached.', subcode: 2494055 })
}

function tooOften(): GraphError {
  const details =
    'Message failed to send because there were too many messages sent from this phone number to the same phone ' +
    'number in a short period of time.'
  return new GraphError(131056, { details })
}
