import { createId, ingestQueueName, sendQueueName } from '@wag/contracts'
import { eventually } from '@wag/testkit'
import t from 'tap'
import { startWorker } from '../src/index.ts'
import { ignore, openBus, openWorker, phoneNumberId } from './open.ts'

const queue = sendQueueName

t.test('however often a number is rung for, it has one job: what waits costs Redis nothing', async (t) => {
  const { queues } = await openBus(t)
  await Promise.all(Array.from({ length: 50 }, () => queues.ringSend([phoneNumberId, phoneNumberId, 'another'])))
  t.equal(await queues.queue(queue).getWaitingCount(), 2)
})

t.test('a finished job, good or bad, leaves nothing that would swallow the next ring', async (t) => {
  const { queues, url, prefix } = await openBus(t)
  const handled: unknown[] = []
  openWorker(t, {
    url,
    prefix,
    queue,
    handle: async (data) => {
      handled.push(data)
      if ((data as { phoneNumberId: string }).phoneNumberId === 'bad') throw new Error('failed')
    }
  })
  for (const rounds of [2, 4, 6]) {
    await queues.ringSend(['good', 'bad'])
    await eventually(async () => {
      const { waiting, active } = await queues.queue(queue).getJobCounts('waiting', 'active')
      return handled.length === rounds && waiting === 0 && active === 0
    })
  }
  t.strictSame(await queues.queue(queue).getJobCounts('completed', 'failed'), { completed: 0, failed: 0 })
})

t.test('of what is rung for while its bell is being taken nothing goes unheard', async (t) => {
  const { queues, url, prefix } = await openBus(t)
  // What a sender would find in the ledger when it looks: all that was committed before.
  let committed = 0
  let seen = 0
  const look = (): void => {
    seen = committed
  }
  const options = { url, prefix, queue, name: 'test', concurrency: 5, onError: ignore }
  const worker = startWorker({ ...options, handle: async () => undefined, onGone: look })
  t.teardown(() => worker.close(1_000))
  for (let round = 1; round <= 300; round++) {
    committed = round
    await queues.ringSend([phoneNumberId])
  }
  await eventually(() => seen === 300)
  t.equal(seen, 300)
})

t.test('Redis holds ids and nothing else of a message', async (t) => {
  const { queues, redis, prefix } = await openBus(t)
  await queues.ringSend([phoneNumberId])
  await queues.ringIngest({ ids: [createId()], bytes: 7 })
  const [send] = await queues.queue(queue).getWaiting()
  t.strictSame(send?.data, { phoneNumberId })
  const [ingest] = await queues.queue(ingestQueueName).getWaiting()
  t.same(Object.keys(ingest?.data).sort(), ['bytes', 'ids'])
  for (const key of await redis.keys(`*${prefix}*`)) t.match(key, /\{[^}]+\}/, 'every key has its hash tag')
})

t.test('a job of a shape we do not know reaches its handler, which decides', async (t) => {
  const { queues, url, prefix } = await openBus(t)
  const handled: unknown[] = []
  openWorker(t, { url, prefix, queue, handle: async (data) => void handled.push(data) })
  await queues.queue(queue).add('send', { strange: true })
  await eventually(() => handled.length === 1)
  t.strictSame(handled, [{ strange: true }])
})
