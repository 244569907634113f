import { GatewayError } from '@wag/contracts'

/** Collects single items into batches; see `createBatcher`. */
export type Batcher<Item, Result> = {
  /** Resolves with the item's own result once its batch has been flushed; rejects with the reason it was not. */
  add(item: Item): Promise<Result>
  /** Resolves when nothing waits and nothing runs. */
  idle(): Promise<void>
}

export type BatcherOptions<Item> = {
  /** Items in one batch at most. */
  itemsMax: number
  /** Batches that may run at once. */
  inFlightMax: number
  /**
   * When a batch may start beside a running one: once this much waits by weight, or the running one has taken this long.
   * Many small batches cost more than few large ones, and a slow one must not hold everybody up. At once when left out.
   */
  beside?: { weight: number; afterMs: number }
  /** What an item weighs (bytes, say), and how much one batch may weigh; a single heavier item goes alone. */
  weigh?: (item: Item) => number
  weightMax?: number
  /** Items that may wait at most; one more is refused with `overloaded`, at once and before it costs memory. */
  waitingMax?: number
  /** The same by weight: a few large items must not cost what many small ones may not. */
  waitingWeightMax?: number
  /** Whether an error is one item's own fault, so that its neighbours are worth a try of their own. */
  isItemFault?: (error: unknown) => boolean
}

type Waiting<Item, Result> = { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void }

/**
 * A natural batcher: it flushes whatever waits as soon as fewer than `inFlightMax` batches run and another one is worth
 * it. Nothing waits for company: alone, an item goes at once; under load, batches grow by themselves to what arrived while
 * the last ones ran.
 * `flush` gets the items in the order they came and returns their results in the same order.
 */
export function createBatcher<Item, Result>(
  flush: (items: Item[]) => Promise<Result[]>,
  options: BatcherOptions<Item>
): Batcher<Item, Result> {
  const { itemsMax, inFlightMax, weigh = () => 0, weightMax = Number.POSITIVE_INFINITY } = options
  const { waitingMax = Number.POSITIVE_INFINITY, waitingWeightMax = Number.POSITIVE_INFINITY } = options
  const isItemFault = options.isItemFault ?? (() => false)
  const beside = options.beside ?? { weight: 0, afterMs: 0 }
  let waiting: Waiting<Item, Result>[] = []
  let waitingWeight = 0
  const running = new Set<{ startedAt: number }>()
  let scheduled = false
  let timer: NodeJS.Timeout | undefined
  let whenIdle: (() => void)[] = []

  function add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      const isFull = waiting.length >= waitingMax || waitingWeight + weigh(item) > waitingWeightMax
      if (isFull) {
        reject(new GatewayError('overloaded', 'Too much is waiting to be stored: repeat the request later'))
        return
      }
      waiting.push({ item, resolve, reject })
      waitingWeight += weigh(item)
      schedule()
    })
  }

  // Not at once, but after the current round of I/O, so that requests which arrived together leave together.
  function schedule(): void {
    if (scheduled || running.size >= inFlightMax) return
    scheduled = true
    setImmediate(() => {
      scheduled = false
      clearTimeout(timer)
      while (waiting.length > 0 && running.size < inFlightMax && isWorthIt()) void run(take())
      if (waiting.length > 0 && running.size < inFlightMax) timer = setTimeout(schedule, Math.ceil(patienceMs()))
    })
  }

  function isWorthIt(): boolean {
    const isMuch = waitingWeight >= beside.weight || waiting.length >= itemsMax
    return running.size === 0 || isMuch || patienceMs() <= 0
  }

  /** How long the batch that has run longest may still go on before another one starts beside it. */
  function patienceMs(): number {
    const [oldest] = running
    return oldest ? oldest.startedAt + beside.afterMs - performance.now() : 0
  }

  function take(): Waiting<Item, Result>[] {
    let count = 0
    let weight = 0
    for (const { item } of waiting) {
      weight += weigh(item)
      if (count === itemsMax || (count > 0 && weight > weightMax)) break
      count++
    }
    const batch = waiting.slice(0, count)
    waiting = waiting.slice(count)
    for (const { item } of batch) waitingWeight -= weigh(item)
    return batch
  }

  async function run(batch: Waiting<Item, Result>[]): Promise<void> {
    const started = { startedAt: performance.now() }
    running.add(started)
    try {
      await settle(batch)
    } finally {
      running.delete(started)
      if (waiting.length > 0) schedule()
      else if (running.size === 0) release()
    }
  }

  async function settle(batch: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await flush(batch.map(({ item }) => item))
      batch.forEach(({ resolve }, index) => {
        resolve(results[index] as Result)
      })
    } catch (error) {
      if (batch.length > 1 && isItemFault(error)) {
        const middle = batch.length >> 1
        await settle(batch.slice(0, middle))
        await settle(batch.slice(middle))
        return
      }
      for (const { reject } of batch) reject(error)
    }
  }

  function release(): void {
    for (const resolve of whenIdle) resolve()
    whenIdle = []
  }

  return {
    add,
    idle: () =>
      new Promise((resolve) => {
        whenIdle.push(resolve)
        if (waiting.length === 0 && running.size === 0) release()
      })
  }
}
