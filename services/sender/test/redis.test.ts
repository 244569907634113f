import { connectRedis } from '@wag/bus'
import { startTestRedis } from '@wag/testkit'
import t from 'tap'
import { accept as acceptPost, startGraph } from './graph.ts'
import { accept, openBench, openSender, settle, texts } from './open.ts'

t.test('after FLUSHALL in the middle of 200 sends every message goes out, none twice', async (t) => {
  const server = await startTestRedis(t)
  const redis = connectRedis({ url: server.url, name: 'test', onError: () => undefined })
  t.teardown(() => redis.disconnect())
  let posts = 0
  const graph = await startGraph(t, (response, post) => {
    if (++posts === 40 || posts === 80) void redis.flushall()
    acceptPost(response, post)
  })
  const bench = await openBench(t, { GRAPH_URL: graph.url, REDIS_URL: server.url, SENDER_CONCURRENCY: 5 })
  await accept(bench, texts(200))
  await openSender(t, bench)
  await bench.ring()
  await settle(bench, ['sent'], 25_000)
  t.equal(graph.posts.length, 200)
  t.strictSame(graph.doubled(), [])
})

t.test('without Redis messages still go out, and none twice when it comes back', async (t) => {
  const server = await startTestRedis(t)
  const graph = await startGraph(t)
  const bench = await openBench(t, { GRAPH_URL: graph.url, REDIS_URL: server.url })
  const sender = await openSender(t, bench)
  await accept(bench, ['a'])
  await bench.ring()
  await settle(bench, ['sent'])
  process.kill(server.pid, 'SIGSTOP')
  await accept(bench, texts(10))
  await settle(bench, ['sent'], 15_000)
  process.kill(server.pid, 'SIGCONT')
  server.kill()
  await server.exited
  await accept(bench, texts(30))
  await settle(bench, ['sent'], 15_000)
  t.equal(graph.posts.length, 41)
  t.strictSame(graph.doubled(), [])
  t.equal((await sender.inject('/health/live')).statusCode, 200)
})

t.test('a sender that starts without Redis sends', async (t) => {
  const graph = await startGraph(t)
  const bench = await openBench(t, { GRAPH_URL: graph.url, REDIS_URL: 'redis://127.0.0.1:1' })
  await accept(bench, texts(5))
  await openSender(t, bench)
  await settle(bench, ['sent'])
  t.equal(graph.posts.length, 5)
})
