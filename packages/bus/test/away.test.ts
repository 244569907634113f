import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createId, sendQueueName } from '@wag/contracts'
import { eventually, type Server, startRedis, startTestRedis, type TestContext } from '@wag/testkit'
import t from 'tap'
import { connectRedis, openPublisher, openQueues } from '../src/index.ts'
import { ignore, openBus, openWorker } from './open.ts'

const queue = sendQueueName

function bells(count: number) {
  return Array.from({ length: count }, (_, index) => `10000${index}`)
}

type Test = { rejects: typeof t.rejects }

/** Runs a call that must fail with `redis_unavailable`, and tells how long that took, in milliseconds. */
async function refusal(t: Test, call: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await t.rejects(call(), { code: 'redis_unavailable', statusCode: 503 })
  return performance.now() - startedAt
}

t.test('while Redis is gone every call fails at once', async (t) => {
  const server = await startTestRedis(t)
  const { redis, queues, prefix } = await openBus(t, server)
  await queues.ringSend(bells(1))
  server.kill()
  await server.exited
  await eventually(() => redis.status !== 'ready')
  const publisher = openPublisher({ redis, prefix })
  const calls = [
    () => queues.ringSend(bells(1)),
    () => queues.ringIngest({ ids: [createId()], bytes: 1 }),
    () => publisher.eventsGrew({ tenantId: createId(), seq: 1 })
  ]
  for (const call of calls) t.ok((await refusal(t, call)) < 500)
})

t.test('a Redis that is away when we start is no reason not to start, and is used once it comes', async (t) => {
  const server = await startTestRedis(t)
  await server.stop()
  const redis = connectRedis({ url: server.url, name: 'test', onError: ignore })
  t.teardown(() => redis.disconnect())
  const queues = openQueues({ redis, prefix: 'test', onError: ignore })
  await refusal(t, () => queues.ringSend(bells(1)))
  await restart(t, server)
  await eventually(() => queues.ringSend(bells(1)).then(() => true))
  t.equal(await queues.queue(queue).getWaitingCount(), 1)
})

t.test('a Redis that hangs keeps nobody longer than the deadline, and costs no memory', async (t) => {
  const server = await startTestRedis(t)
  const { redis, queues } = await openBus(t, server)
  await queues.ringSend(bells(1))
  process.kill(server.pid, 'SIGSTOP')
  t.teardown(() => process.kill(server.pid, 'SIGCONT'))
  t.ok((await refusal(t, () => queues.ringSend(bells(1)))) < 2_000, 'the first ones wait for it')
  await eventually(() => redis.status !== 'ready')
  const times = await Promise.all(Array.from({ length: 200 }, () => refusal(t, () => queues.ringSend(bells(1)))))
  t.ok(Math.max(...times) < 1_000, 'later ones do not')
  const { commandQueue, offlineQueue } = redis as unknown as Record<string, { length: number }>
  t.ok((commandQueue?.length ?? 0) + (offlineQueue?.length ?? 0) < 50, 'nothing piles up')
  process.kill(server.pid, 'SIGCONT')
  await eventually(() => queues.ringSend(bells(1)).then(() => true))
})

t.test('after a Redis that comes back empty everything goes on by itself', async (t) => {
  const server = await startTestRedis(t)
  const bus = await openBus(t, server)
  const handled: unknown[] = []
  openWorker(t, { ...bus, queue, handle: async (data) => void handled.push(data) })
  await bus.queues.ringSend(bells(3))
  await eventually(() => handled.length === 3)
  await server.stop()
  await refusal(t, () => bus.queues.ringSend(bells(1)))
  await restart(t, server)
  await eventually(() => bus.queues.ringSend(bells(5)).then(() => true))
  await eventually(() => handled.length === 8, { timeoutMs: 15_000 })
  t.equal(handled.length, 8)
})

t.test('after FLUSHALL in the middle of work everything goes on by itself', async (t) => {
  const server = await startTestRedis(t)
  const bus = await openBus(t, server)
  const handled: unknown[] = []
  openWorker(t, { ...bus, queue, handle: async (data) => void handled.push(data) })
  for (let round = 1; round <= 3; round++) {
    await bus.queues.ringSend(bells(20))
    await bus.redis.flushall()
    const before = handled.length
    await bus.queues.ringSend(bells(20))
    await eventually(() => handled.length >= before + 20, { timeoutMs: 15_000 })
  }
  t.pass()
})

/** Starts an empty Redis where another one was. */
async function restart(t: TestContext, { port, url }: Server): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'wag-redis-'))
  const server = await startRedis({ dataDir, port, password: decodeURIComponent(new URL(url).password) })
  t.teardown(async () => {
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  })
}
