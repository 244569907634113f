import { type Event } from '@wag/contracts'
import { eventually } from '@wag/testkit'
import t from 'tap'
import { connectSocket, createStage, startNode } from './stage.ts'

/** About 1 KB each. */
function bulky(count: number) {
  return Array.from({ length: count }, () => ({ data: { contactId: 1, reason: 'x'.repeat(900) } }))
}

/** The client's own TCP socket, so that a test can stop reading from it. */
function tcpOf(socket: object): { pause(): void; resume(): void } {
  const path = ['io', 'engine', 'transport', 'ws', '_socket']
  const found = path.reduce<unknown>(
    (value, name) => (value instanceof Object ? Reflect.get(value, name) : undefined),
    socket
  )
  if (!(found instanceof Object) || !('pause' in found)) throw new Error('no TCP socket')
  return found as { pause(): void; resume(): void }
}

async function metric(url: string, key: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${key}` } })).text()
  const line = text.split('\n').find((each) => each.startsWith(name))
  return Number(line?.split(' ').at(-1) ?? 0)
}

t.test('a reader that stops reading is cut within its cap, costs the node little, and resumes complete', async (t) => {
  const stage = await createStage(t)
  const { url } = await startNode(t, stage)
  const reader = await connectSocket(t, url, { token: stage.key, after: 0 })
  const witness = await connectSocket(t, url, { token: stage.key, after: 0 })
  const seen: number[] = []
  let witnessed = 0
  reader.on('event', ({ seq }: Event) => seen.push(seq))
  witness.on('event', () => witnessed++)
  await reader.emitWithAck('subscribe', { tenant: true })
  await witness.emitWithAck('subscribe', { tenant: true })
  await stage.append(bulky(10))
  await eventually(() => seen.length === 10)

  tcpOf(reader).pause()
  let last = 0
  const before = process.memoryUsage().rss
  // The kernel takes a few megabytes before anything waits in the process.
  await eventually(
    async () => {
      last = await stage.append(bulky(400))
      return (await metric(url, stage.key, 'wag_realtime_cut_total{reason="slow"')) > 0
    },
    { timeoutMs: 90_000, intervalMs: 50 }
  )
  await eventually(() => witnessed === last, { timeoutMs: 60_000 })
  t.comment(
    `cut after ${last} events; the process grew by ${(process.memoryUsage().rss - before) / 1e6} MB with everybody's`
  )
  tcpOf(reader).resume()
  await eventually(() => reader.disconnected, { timeoutMs: 60_000 })

  const again = await connectSocket(t, url, { token: stage.key, after: seen.at(-1) ?? 0 })
  again.on('event', ({ seq }: Event) => seen.push(seq))
  await again.emitWithAck('subscribe', { tenant: true })
  await eventually(() => seen.length === last, { timeoutMs: 60_000 })
  t.same(
    seen,
    Array.from({ length: last }, (_, index) => index + 1)
  )
})

t.test('1,000 clients that come back at once are served from a few reads of the ledger', async (t) => {
  const stage = await createStage(t)
  const { url } = await startNode(t, stage)
  for (let round = 0; round < 8; round++) await stage.append(bulky(500))
  const received = await Promise.all(
    Array.from({ length: 1_000 }, async (_, index) => {
      const seqs: number[] = []
      const socket = await connectSocket(t, url, { token: stage.key, after: 3_800 + (index % 200) })
      socket.on('event', ({ seq }: Event) => seqs.push(seq))
      await socket.emitWithAck('subscribe', { tenant: true })
      await eventually(() => seqs.length >= 200 - (index % 200), { timeoutMs: 120_000, intervalMs: 100 })
      return seqs.every((seq, place) => seq === 3_801 + (index % 200) + place) && seqs.at(-1) === 4_000
    })
  )
  t.ok(received.every(Boolean), 'each got all it had missed, in order')
  const reads = await metric(url, stage.key, 'wag_realtime_log_reads_total{kind="backfill"')
  t.ok(reads > 0 && reads <= 10, `${reads} reads of the ledger`)
})
