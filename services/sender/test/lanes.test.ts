import { setTimeout as sleep } from 'node:timers/promises'
import { connectRedis } from '@wag/bus'
import { eventually, startTestRedis } from '@wag/testkit'
import t from 'tap'
import { accept as acceptPost, type Post, refuse, startGraph } from './graph.ts'
import { accept, addNumber, openBench, openSender, recipientOf, rowOf, settle, texts } from './open.ts'

t.test('a one-time code overtakes everything that waits', async (t) => {
  const graph = await startGraph(t)
  const bench = await openBench(t, { GRAPH_URL: graph.url, SEND_RATE_DEFAULT: 50 })
  await accept(bench, texts(2_000), { priority: 'bulk' })
  await openSender(t, bench)
  await bench.ring()
  await eventually(() => graph.posts.length > 20)
  for (const body of ['otp 1', 'otp 2', 'otp 3']) {
    const before = graph.posts.length
    await accept(bench, [body], { priority: 'otp' })
    await bench.ring()
    await eventually(() => graph.posts.some((post) => post.body === body))
    const place = graph.posts.findIndex((post) => post.body === body) - before
    t.ok(place < 50, `${body} was the ${place}th to leave`)
  }
})

t.test('a number with a backlog of thousands does not delay the one message of another', async (t) => {
  const graph = await startGraph(t)
  const bench = await openBench(t, { GRAPH_URL: graph.url, SEND_RATE_DEFAULT: 300, SENDER_CONCURRENCY: 20 })
  await addNumber(bench, 'small')
  await accept(bench, texts(3_000))
  await openSender(t, bench)
  await bench.ring()
  await eventually(() => graph.posts.length > 100)
  const took: number[] = []
  for (let round = 0; round < 5; round++) {
    const startedAt = performance.now()
    const body = `small ${round}`
    await accept(bench, [body], { phoneNumberId: 'small' })
    await bench.ring(['small'])
    await eventually(() => graph.posts.some((post) => post.body === body))
    took.push(performance.now() - startedAt)
  }
  t.ok(graph.posts.length < 2_900, 'the backlog is still there')
  t.ok(Math.max(...took) < 1_000, `${took.map(Math.round).join()} ms`)
})

t.test('a number whose answers do not come takes no more than its turn from the others', async (t) => {
  const held: Post[] = []
  const graph = await startGraph(t, (response, post) => {
    if (post.url.includes('small')) acceptPost(response, post)
    else held.push(post)
  })
  const bench = await openBench(t, { GRAPH_URL: graph.url, SENDER_CONCURRENCY: 10, GRAPH_TIMEOUT_MS: 700 })
  await addNumber(bench, 'small')
  await accept(bench, texts(100))
  await openSender(t, bench)
  await bench.ring()
  await eventually(() => held.length >= 10)
  const ids = await accept(bench, texts(5), (index) => ({ phoneNumberId: 'small', recipient: recipientOf(index) }))
  await bench.ring(['small'])
  await eventually(async () => (await rowOf(bench, ids[4] ?? '')).state === 'sent')
  t.ok(held.length < 60, `${held.length} others were tried meanwhile`)
})

t.test('messages leave at their time, also when Redis is flushed before it', async (t) => {
  const server = await startTestRedis(t)
  const redis = connectRedis({ url: server.url, name: 'test', onError: () => undefined })
  t.teardown(() => redis.disconnect())
  const graph = await startGraph(t)
  const bench = await openBench(t, { GRAPH_URL: graph.url, REDIS_URL: server.url, SWEEP_INTERVAL_MS: 1_000 })
  await openSender(t, bench)
  const from = Date.now() + 2_500
  const ids = await accept(bench, texts(60), (index) => ({
    sendAt: new Date(from + index * 50),
    recipient: recipientOf(index)
  }))
  await sleep(500)
  await redis.flushall()
  await sleep(3_500)
  await redis.flushall()
  await settle(bench, ['sent'])
  for (const [index, id] of ids.entries()) {
    const lateMs = Number((await rowOf(bench, id)).sent_at) - (from + index * 50)
    t.ok(lateMs >= 0 && lateMs < 1_000, `${lateMs} ms late`)
  }
  t.strictSame(graph.doubled(), [])
})

t.test('what waits for too long expires: it is not sent, and an event says so', async (t) => {
  const graph = await startGraph(t)
  const bench = await openBench(t, { GRAPH_URL: graph.url, SEND_RATE_DEFAULT: 1 })
  const expiresAt = new Date(Date.now() + 1_200)
  await accept(bench, ['a', 'b', 'c', 'd'], { expiresAt })
  await accept(bench, ['e'], { expiresAt, sendAt: new Date(Date.now() + 60_000) })
  await openSender(t, bench)
  await bench.ring()
  await settle(bench, ['sent', 'expired'])
  const rows = await bench.db.selectFrom('messages').select(['state', 'due_at']).execute()
  t.equal(rows.filter(({ state }) => state === 'sent').length, graph.posts.length)
  t.ok(graph.posts.length >= 1 && graph.posts.length <= 3)
  t.ok(rows.every(({ due_at }) => due_at === null))
  const events = await bench.db.selectFrom('events').select('type').where('type', '=', 'message.expired').execute()
  t.equal(events.length, 5 - graph.posts.length)
})

t.test('what never reaches Meta is tried until it expires', async (t) => {
  const gone = await startGraph(t)
  await gone.close()
  const bench = await openBench(t, { GRAPH_URL: gone.url })
  const [id = ''] = await accept(bench, ['a'], { expiresAt: new Date(Date.now() + 3_000) })
  await openSender(t, bench)
  await settle(bench, ['expired'])
  const attempts = await bench.db.selectFrom('attempts').select(['attempt', 'outcome']).orderBy('attempt').execute()
  t.ok(attempts.length >= 2, `${attempts.length} attempts`)
  t.match(attempts[0], { attempt: 1, outcome: 'unsent' })
  t.match((await rowOf(bench, id)).error, { message: /did not reach Meta/ }, 'and says why it never left')
})

t.test('a message of a paused template waits, and others go', async (t) => {
  const graph = await startGraph(t, (response, post) => {
    const answer = post.body === '' ? refuse(400, 132015, 'Template is paused') : acceptPost
    answer(response, post)
  })
  const bench = await openBench(t, { GRAPH_URL: graph.url })
  const template = { type: 'template' as const, template: { name: 'sale', language: { code: 'de' } } }
  const [met = ''] = await accept(bench, ['x'], { content: template })
  await openSender(t, bench)
  await bench.ring()
  await eventually(async () => (await rowOf(bench, met)).state === 'failed')
  const [waiting = ''] = await accept(bench, ['x'], { content: template })
  const [other = ''] = await accept(bench, ['text'])
  await bench.ring()
  await eventually(async () => (await rowOf(bench, other)).state === 'sent')
  await eventually(async () => Number((await rowOf(bench, waiting)).due_at) > Date.now() + 60_000)
  t.match(await rowOf(bench, waiting), { state: 'queued', attempts: 0 })
  t.equal(graph.posts.length, 2)
})
