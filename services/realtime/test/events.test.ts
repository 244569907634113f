import { appendEvents } from '@wag/db'
import { eventually, startTestRedis } from '@wag/testkit'
import t from 'tap'
import { addContacts, append, openBench, openClient, openNode, ring, tenantId } from './open.ts'

const tenant = { tenant: true }

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}

t.test('with two nodes each client gets each event once and in order, wherever it is', async (t) => {
  const bench = await openBench(t)
  const nodes = [await openNode(t, bench), await openNode(t, bench)]
  const clients = await Promise.all([...nodes, ...nodes, ...nodes].map((url) => openClient(t, url)))
  for (const client of clients) t.strictSame(await client.subscribe(tenant), { ok: true, seq: 0 })
  for (let round = 0; round < 40; round++) await append(bench, [null, null, null])
  await eventually(() => clients.every(({ events }) => events.length >= 120))
  await append(bench, [null])
  await eventually(() => clients.every(({ events }) => events.at(-1)?.seq === 121))
  for (const client of clients) t.strictSame(client.seqs(), range(1, 121))
})

t.test('an event is as documented', async (t) => {
  const bench = await openBench(t)
  const client = await openClient(t, await openNode(t, bench))
  await client.subscribe(tenant)
  await append(bench, [null])
  await eventually(() => client.events.length === 1)
  const [event] = client.events
  t.strictSame(Object.keys(event ?? {}).sort(), ['at', 'data', 'seq', 'type'])
  t.match(event, { seq: 1, type: 'message.received', at: /^\d{4}-.*Z$/, data: {} })
})

t.test('an error of Meta’s comes with advice, one of ours without', async (t) => {
  const bench = await openBench(t)
  const client = await openClient(t, await openNode(t, bench))
  await client.subscribe(tenant)
  const errors = [{ code: 131047, message: 'Re-engagement message' }, { message: 'The answer was lost' }]
  const failed = errors.map((error) => ({ tenantId, type: 'message.failed' as const, data: { error } }))
  const [end] = await bench.db.transaction().execute((trx) => appendEvents(trx, failed))
  await ring(bench, end?.seq ?? 0)
  await eventually(() => client.events.length === 2)
  const [meta, ours] = client.events.map(({ data }) => data.error)
  t.match(meta, { ...errors[0], advice: /template/ })
  t.strictSame(ours, errors[1])
})

t.test('a client gets what it subscribed to, and once where two of its rooms want the same', async (t) => {
  const bench = await openBench(t)
  const [one = 0, two = 0] = await addContacts(bench, tenantId, ['1', '2'])
  const url = await openNode(t, bench)
  const [all, first, both, none] = await Promise.all([1, 2, 3, 4].map(() => openClient(t, url)))
  if (!all || !first || !both || !none) throw new Error('no clients')
  await all.subscribe(tenant)
  await first.subscribe({ contact: one })
  for (const subscription of [tenant, { contact: one }, { contact: two }, tenant]) await both.subscribe(subscription)
  await append(bench, [one, two, null, one])
  await eventually(() => all.events.length === 4 && both.events.length === 4 && first.events.length === 2)
  t.strictSame([all.seqs(), both.seqs(), first.seqs(), none.seqs()], [range(1, 4), range(1, 4), [1, 4], []])
})

t.test(
  'the acknowledgement tells where live events begin: what is after it comes, what is before does not',
  async (t) => {
    const bench = await openBench(t)
    const url = await openNode(t, bench)
    await append(bench, [null, null, null])
    const client = await openClient(t, url)
    t.strictSame(await client.subscribe(tenant), { ok: true, seq: 3 })
    await append(bench, [null])
    await eventually(() => client.events.length === 1)
    t.strictSame(client.seqs(), [4])
    const late = await openClient(t, url)
    t.strictSame(await late.subscribe(tenant), { ok: true, seq: 4 })
  }
)

t.test('clients that subscribe while events pour in miss none after their acknowledgement', async (t) => {
  const bench = await openBench(t)
  const nodes = [await openNode(t, bench), await openNode(t, bench)]
  let isPouring = true
  const pouring = (async () => {
    while (isPouring) await append(bench, [null, null])
  })()
  const clients = await Promise.all(
    range(0, 9).map(async (index) => {
      const client = await openClient(t, nodes[index % 2] ?? '')
      const ack = await client.subscribe(tenant)
      return { client, from: ack.ok ? ack.seq : Number.NaN }
    })
  )
  isPouring = false
  await pouring
  const rows = await bench.db.selectFrom('event_counters').select('seq').execute()
  const end = rows[0]?.seq ?? 0
  await append(bench, [null])
  await eventually(() => clients.every(({ client }) => client.events.at(-1)?.seq === end + 1))
  for (const { client, from } of clients) t.strictSame(client.seqs(), range(from + 1, end + 1))
})

t.test('after unsubscribing nothing more comes', async (t) => {
  const bench = await openBench(t)
  const url = await openNode(t, bench)
  const [leaver, stayer] = [await openClient(t, url), await openClient(t, url)]
  for (const client of [leaver, stayer]) await client.subscribe(tenant)
  await leaver.subscribe(tenant, 'unsubscribe')
  await append(bench, [null])
  await eventually(() => stayer.events.length === 1)
  t.strictSame(leaver.seqs(), [])
})

t.test('an event whose hint is lost comes within about two seconds', async (t) => {
  const bench = await openBench(t)
  const client = await openClient(t, await openNode(t, bench))
  await client.subscribe(tenant)
  const startedAt = performance.now()
  await append(bench, [null], false)
  await eventually(() => client.events.length === 1)
  t.ok(performance.now() - startedAt < 3_000)
})

t.test('an event that a slow transaction commits late is not skipped', async (t) => {
  const bench = await openBench(t)
  const client = await openClient(t, await openNode(t, bench))
  const slow = await bench.db.startTransaction().execute()
  await appendEvents(slow, [{ tenantId, type: 'message.sent', data: { reason: 'slow' } }])
  t.strictSame(await client.subscribe(tenant), { ok: true, seq: 0 })
  const fast = append(bench, [null])
  await ring(bench, 2)
  await slow.commit().execute()
  await fast
  await eventually(() => client.events.length === 2)
  t.strictSame(client.seqs(), [1, 2])
  t.equal(client.events[0]?.data.reason, 'slow')
})

t.test('events go on after Redis was gone, and none is missing', async (t) => {
  const server = await startTestRedis(t)
  const bench = await openBench(t, { REDIS_URL: server.url })
  const client = await openClient(t, await openNode(t, bench))
  await client.subscribe(tenant)
  await append(bench, [null])
  await eventually(() => client.events.length === 1)
  await bench.redis.client('KILL', 'TYPE', 'PUBSUB')
  await append(bench, [null])
  await eventually(() => client.events.length === 2)
  server.kill()
  await server.exited
  await append(bench, [null], false)
  await eventually(() => client.events.length === 3)
  t.strictSame(client.seqs(), [1, 2, 3])
})

t.test('hints that lie do no harm', async (t) => {
  const bench = await openBench(t)
  const client = await openClient(t, await openNode(t, bench))
  await client.subscribe(tenant)
  for (const seq of [0, -1, 1e15, 7]) await ring(bench, seq)
  await bench.redis.publish(`${bench.config.REDIS_PREFIX}:events`, '{"tenantId":"nobody","seq":9}')
  await append(bench, [null, null])
  await eventually(() => client.events.length === 2)
  t.strictSame(client.seqs(), [1, 2])
})
