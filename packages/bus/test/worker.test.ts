import { sendQueueName } from '@wag/contracts'
import { eventually, startTestRedis } from '@wag/testkit'
import t from 'tap'
import { startWorker } from '../src/index.ts'
import { ignore, openBus } from './open.ts'

const queue = sendQueueName

function bells(count: number) {
  return Array.from({ length: count }, (_, index) => `10000${index}`)
}

/** A worker whose jobs end when the test says so. */
function gated(bus: { url: string; prefix: string }, concurrency = 3) {
  const gates: (() => void)[] = []
  const handle = () => new Promise<void>((resolve) => void gates.push(resolve))
  const worker = startWorker({ ...bus, queue, name: 'test', concurrency, onError: ignore, handle })
  return { worker, gates }
}

t.test('closing waits for the jobs under way and takes no more', async (t) => {
  const bus = await openBus(t)
  const { worker, gates } = gated(bus)
  await bus.queues.ringSend(bells(5))
  await eventually(() => gates.length === 3)
  t.equal(worker.active(), 3)
  let isClosed = false
  const closing = worker.close(5_000).then(() => {
    isClosed = true
  })
  gates[0]?.()
  await eventually(() => worker.active() === 2)
  t.notOk(isClosed)
  for (const open of gates) open()
  await closing
  t.equal(worker.active(), 0)
  t.equal(gates.length, 3, 'the others were left')
  t.strictSame(await bus.queues.queue(queue).getJobCounts('waiting', 'active'), { waiting: 2, active: 0 })
})

t.test('closing gives up on jobs that take longer than their grace', async (t) => {
  const bus = await openBus(t)
  const { worker, gates } = gated(bus)
  await bus.queues.ringSend(bells(1))
  await eventually(() => gates.length === 1)
  const startedAt = performance.now()
  await worker.close(100)
  t.ok(performance.now() - startedAt < 1_000)
  gates[0]?.()
})

t.test('closing while Redis is away still waits for the jobs under way, and ends', async (t) => {
  const server = await startTestRedis(t)
  const bus = await openBus(t, server)
  const { worker, gates } = gated(bus)
  await bus.queues.ringSend(bells(1))
  await eventually(() => gates.length === 1)
  server.kill()
  await server.exited
  await eventually(() => bus.redis.status !== 'ready')
  let isClosed = false
  const closing = worker.close(5_000).then(() => {
    isClosed = true
  })
  await eventually(() => worker.active() === 1)
  t.notOk(isClosed)
  gates[0]?.()
  await closing
  t.ok(isClosed)
})
