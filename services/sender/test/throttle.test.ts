import { eventually } from '@wag/testkit'
import t from 'tap'
import { accept as acceptPost, refuse, startGraph } from './graph.ts'
import { accept, addNumber, openBench, openSender, phoneNumberId, recipientOf, rowOf, settle, texts } from './open.ts'

t.test('a recipient gets its burst and then one message at a time; the others wait for nothing', async (t) => {
  const graph = await startGraph(t)
  const bench = await openBench(t, { GRAPH_URL: graph.url })
  const busy = await accept(bench, texts(9), { recipient: recipientOf(7) })
  await accept(bench, texts(30), (index) => ({ recipient: recipientOf(100 + index) }))
  const pair = { intervalMs: 500, burst: 5 }
  await Promise.all([openSender(t, bench, pair), openSender(t, bench, pair)])
  await bench.ring()
  await settle(bench, ['sent'], 20_000)
  const toBusy = graph.posts.filter(({ messageId }) => busy.includes(messageId)).map(({ at }) => at)
  const last = Math.max(...graph.posts.filter(({ messageId }) => !busy.includes(messageId)).map(({ at }) => at))
  const gaps = toBusy.slice(1).map((at, index) => at - (toBusy[index] ?? at))
  t.equal(toBusy.length, 9)
  t.ok((toBusy[4] ?? 0) - (toBusy[0] ?? 0) < 450, 'the burst')
  t.ok(Math.min(...gaps.slice(5)) > 400, `then ${gaps.slice(4).map(Math.round).join()} ms apart`)
  t.ok(last < (toBusy[6] ?? 0), 'all others left before')
  const rows = await bench.db.selectFrom('messages').select(['attempts', 'error']).execute()
  t.ok(
    rows.every(({ attempts, error }) => attempts === 1 && error === null),
    'waiting is no attempt, and no error'
  )
  t.strictSame(await bench.db.selectFrom('attempts').selectAll().execute(), [])
})

t.test('after 130429 the whole number holds, goes on slower, and no message is lost', async (t) => {
  let refusals = 0
  const graph = await startGraph(t, (response, post) => {
    const answer = graph.posts.length > 20 && refusals++ < 3 ? refuse(400, 130429, 'Rate limit hit') : acceptPost
    answer(response, post)
  })
  const bench = await openBench(t, { GRAPH_URL: graph.url, SEND_RATE_DEFAULT: 100 })
  await accept(bench, texts(120))
  await openSender(t, bench)
  await bench.ring()
  await settle(bench, ['sent'], 20_000)
  t.equal(graph.posts.length, 123)
  const times = graph.posts.map(({ at }) => at)
  const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at))
  t.ok(Math.max(...gaps) > 700, `a pause of ${Math.round(Math.max(...gaps))} ms`)
  const attempts = await bench.db.selectFrom('attempts').select('outcome').execute()
  t.strictSame(new Set(attempts.map(({ outcome }) => outcome)), new Set(['throttled']))
})

t.test('a throttle of the account holds all its numbers, and no other', async (t) => {
  const graph = await startGraph(t, (response, post) => {
    const answer = post.url.includes(phoneNumberId) ? refuse(400, 80007, 'Too many calls to this account') : acceptPost
    answer(response, post)
  })
  const bench = await openBench(t, { GRAPH_URL: graph.url })
  await addNumber(bench, 'sibling')
  await addNumber(bench, 'stranger')
  const { db } = bench
  await db.updateTable('phone_numbers').set({ waba_id: 'A' }).where('id', '<>', 'stranger').execute()
  await accept(bench, ['first'])
  await openSender(t, bench)
  await bench.ring()
  const [first] = await db.selectFrom('messages').select('id').execute()
  await eventually(async () => (await rowOf(bench, first?.id ?? '')).attempts === 1)
  await eventually(async () => (await rowOf(bench, first?.id ?? '')).state === 'queued')
  const [held = ''] = await accept(bench, ['held'], { phoneNumberId: 'sibling' })
  const [free = ''] = await accept(bench, ['free'], { phoneNumberId: 'stranger' })
  await bench.ring(['sibling', 'stranger'])
  await eventually(async () => (await rowOf(bench, free)).state === 'sent')
  t.match(await rowOf(bench, held), { state: 'queued', attempts: 0 })
  t.equal(graph.posts.length, 2)
})

t.test('a pair that Meta refuses waits alone, longer each time', async (t) => {
  let refusals = 0
  const graph = await startGraph(t, (response, post) => {
    const answer = post.body === 'busy' && refusals++ < 2 ? refuse(400, 131056, 'pair rate limit hit') : acceptPost
    answer(response, post)
  })
  const bench = await openBench(t, { GRAPH_URL: graph.url })
  await accept(bench, ['busy', ...texts(20)], (index) => ({ recipient: recipientOf(index) }))
  await openSender(t, bench, { intervalMs: 100, burst: 45 })
  await bench.ring()
  await eventually(() => graph.posts.length >= 21)
  const startedAt = graph.posts.find(({ body }) => body === 'busy')?.at ?? 0
  t.ok(
    graph.posts.every(({ at }) => at - startedAt < 2_000),
    'nobody else waited'
  )
  await settle(bench, ['sent'], 15_000)
  const [first = 0, second = 0, third = 0] = graph.posts.filter(({ body }) => body === 'busy').map(({ at }) => at)
  t.ok(second - first > 900, `${Math.round(second - first)} ms`)
  t.ok(third - second > 3_900, `${Math.round(third - second)} ms`)
})
