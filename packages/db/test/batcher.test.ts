import { setImmediate as round } from 'node:timers/promises'
import { GatewayError } from '@wag/contracts'
import { eventually } from '@wag/testkit'
import t from 'tap'
import { type BatcherOptions, createBatcher } from '../src/index.ts'

/** A batch leaves in the round after the one that made room for it. */
async function nextRound(): Promise<void> {
  await round()
  await round()
}

type Gate = { items: number[]; open: () => void; fail: (error: Error) => void }

/** A batcher whose batches end only when the test says so. */
function gated(options: Partial<BatcherOptions<number>> = {}) {
  const gates: Gate[] = []
  const flush = (items: number[]): Promise<string[]> =>
    new Promise((resolve, reject) => {
      gates.push({ items, open: () => resolve(items.map((item) => `done ${item}`)), fail: reject })
    })
  return { batcher: createBatcher(flush, { itemsMax: 100, inFlightMax: 1, ...options }), gates }
}

t.test('alone, an item goes at once', async (t) => {
  const { batcher, gates } = gated()
  const result = batcher.add(1)
  await nextRound()
  t.strictSame(gates[0]?.items, [1])
  gates[0]?.open()
  t.equal(await result, 'done 1')
})

t.test('what arrives while batches run leaves together, each with its own result', async (t) => {
  const { batcher, gates } = gated()
  const first = batcher.add(1)
  await nextRound()
  const rest = [2, 3, 4].map((item) => batcher.add(item))
  await nextRound()
  t.equal(gates.length, 1, 'nothing overtakes')
  gates[0]?.open()
  await first
  await nextRound()
  t.strictSame(gates[1]?.items, [2, 3, 4])
  gates[1]?.open()
  t.strictSame(await Promise.all(rest), ['done 2', 'done 3', 'done 4'])
})

t.test('no more batches run at once than allowed, and none holds too many items', async (t) => {
  const { batcher, gates } = gated({ itemsMax: 2, inFlightMax: 2 })
  const all = [1, 2, 3, 4, 5].map((item) => batcher.add(item))
  await nextRound()
  t.strictSame(
    gates.map(({ items }) => items),
    [
      [1, 2],
      [3, 4]
    ]
  )
  for (const gate of gates) gate.open()
  await all[3]
  await nextRound()
  gates[2]?.open()
  t.equal((await Promise.all(all)).length, 5)
})

t.test('a second batch starts beside the first when enough waits for it', async (t) => {
  const { batcher, gates } = gated({ inFlightMax: 2, weigh: () => 1, beside: { weight: 3, afterMs: 60_000 } })
  const all = [batcher.add(1)]
  await nextRound()
  all.push(batcher.add(2), batcher.add(3))
  await nextRound()
  t.equal(gates.length, 1, 'two items wait for the first batch')
  all.push(batcher.add(4))
  await nextRound()
  t.strictSame(gates[1]?.items, [2, 3, 4])
  all.push(batcher.add(5))
  gates[0]?.open()
  await all[0]
  await nextRound()
  t.equal(gates.length, 2, 'and so does what comes behind the second')
  gates[1]?.open()
  await all[3]
  await nextRound()
  gates[2]?.open()
  t.equal((await Promise.all(all)).length, 5)
})

t.test('a second batch starts beside one that takes long, however little waits', async (t) => {
  const { batcher, gates } = gated({ inFlightMax: 2, weigh: () => 1, beside: { weight: 100, afterMs: 50 } })
  const first = batcher.add(1)
  await nextRound()
  const second = batcher.add(2)
  await nextRound()
  t.equal(gates.length, 1)
  await eventually(() => gates.length === 2)
  gates[1]?.open()
  t.equal(await second, 'done 2')
  const third = batcher.add(3)
  await nextRound()
  t.equal(gates.length, 3, 'what comes later does not wait for the slow one, either')
  gates[2]?.open()
  await third
  gates[0]?.open()
  await first
})

t.test('a batch stays below its weight, but a single heavier item goes alone', async (t) => {
  const { batcher, gates } = gated({ inFlightMax: 9, weigh: (item) => item, weightMax: 10 })
  const all = [6, 4, 1, 50, 9].map((item) => batcher.add(item))
  await nextRound()
  t.strictSame(
    gates.map(({ items }) => items),
    [[6, 4], [1], [50], [9]]
  )
  for (const gate of gates) gate.open()
  await Promise.all(all)
})

t.test('beyond the limit an item is refused at once, and those before it are not', async (t) => {
  const { batcher, gates } = gated({ waitingMax: 2 })
  const taken = [batcher.add(1), batcher.add(2)]
  await t.rejects(batcher.add(3), { code: 'overloaded', statusCode: 503 })
  await nextRound()
  gates[0]?.open()
  t.strictSame(await Promise.all(taken), ['done 1', 'done 2'])
  const later = batcher.add(4)
  await nextRound()
  gates[1]?.open()
  t.equal(await later, 'done 4', 'there is room again')
})

t.test('what waits has a weight limit too, and is weighed no longer once it has gone', async (t) => {
  const { batcher, gates } = gated({ weigh: (item: number) => item, waitingWeightMax: 10 })
  const taken = [batcher.add(4), batcher.add(6)]
  await t.rejects(batcher.add(1), { code: 'overloaded' })
  await nextRound()
  gates[0]?.open()
  await Promise.all(taken)
  const later = batcher.add(10)
  await nextRound()
  gates[1]?.open()
  t.equal(await later, 'done 10')
})

t.test('one bad item fails alone: its batch is halved until it stands apart', async (t) => {
  let flushes = 0
  const batcher = createBatcher(
    async (items: number[]) => {
      flushes++
      if (items.includes(13)) throw new RangeError('13')
      return items
    },
    { itemsMax: 100, inFlightMax: 1, isItemFault: (error) => error instanceof RangeError }
  )
  const results = await Promise.allSettled(Array.from({ length: 64 }, (_, item) => batcher.add(item)))
  t.strictSame(
    results.flatMap(({ status }, item) => (status === 'rejected' ? [item] : [])),
    [13]
  )
  t.ok(flushes <= 13, `${flushes} statements for 64 items`)
})

t.test('a fault that is nobody’s own rejects the whole batch, once, and the next one is tried', async (t) => {
  const { batcher, gates } = gated({ isItemFault: (error) => error instanceof RangeError })
  const all = Promise.allSettled([1, 2, 3].map((item) => batcher.add(item)))
  await nextRound()
  gates[0]?.fail(new GatewayError('ledger_unavailable', 'away'))
  t.ok((await all).every(({ status }) => status === 'rejected'))
  t.equal(gates.length, 1, 'not tried again in parts')
  const next = batcher.add(4)
  await nextRound()
  gates[1]?.open()
  t.equal(await next, 'done 4')
})

t.test('idle resolves when nothing waits and nothing runs, also after a failure', async (t) => {
  const { batcher, gates } = gated()
  await batcher.idle()
  const item = batcher.add(1)
  item.catch(() => undefined)
  let isIdle = false
  const idle = batcher.idle().then(() => {
    isIdle = true
  })
  await nextRound()
  t.notOk(isIdle)
  gates[0]?.fail(new Error('away'))
  await idle
  await t.rejects(item, /away/)
})
