import { createId, ingestQueueName, sendQueueName } from '@wag/contracts'
import { eventually } from '@wag/testkit'
import t from 'tap'
import { ignore, openBus, openWorker, phoneNumberId } from './open.ts'

const queue = sendQueueName(phoneNumberId)

function bell(attempts = 0, delayMs = 0) {
  return { messageId: createId(), attempts, delayMs }
}

t.test('ringing twice for the same attempt makes one job', async (t) => {
  const { queues } = await openBus(t)
  const one = bell()
  await Promise.all(Array.from({ length: 10 }, () => queues.ringSend(phoneNumberId, [one, bell()])))
  t.equal(await queues.countSend(phoneNumberId), 11)
})

t.test('a finished job leaves nothing that would swallow the next ring', async (t) => {
  const { queues, url, prefix } = await openBus(t)
  const [good, bad] = [bell(), bell()]
  const handled: unknown[] = []
  openWorker(t, {
    url,
    prefix,
    queue,
    handle: async (data) => {
      handled.push(data)
      if ((data as { messageId: string }).messageId === bad.messageId) throw new Error('failed')
    }
  })
  for (const rounds of [2, 4, 6]) {
    await queues.ringSend(phoneNumberId, [good, bad])
    await eventually(async () => handled.length === rounds && (await queues.countSend(phoneNumberId)) === 0)
  }
  t.strictSame(await queues.queue(queue).getJobCounts('completed', 'failed'), { completed: 0, failed: 0 })
})

t.test('a job that puts its message back can ring for the next attempt while it runs', async (t) => {
  const { queues, url, prefix } = await openBus(t)
  const first = bell()
  let calls = 0
  openWorker(t, {
    url,
    prefix,
    queue,
    handle: async () => {
      if (++calls === 1) await queues.ringSend(phoneNumberId, [{ ...first, attempts: 1, delayMs: 10 }])
    }
  })
  await queues.ringSend(phoneNumberId, [first])
  await eventually(() => calls === 2)
  t.equal(calls, 2)
})

t.test('a bell with a delay rings when it is due', async (t) => {
  const { queues, url, prefix } = await openBus(t)
  const rungAt: number[] = []
  openWorker(t, { url, prefix, queue, handle: async () => void rungAt.push(performance.now()) })
  const startedAt = performance.now()
  await queues.ringSend(phoneNumberId, [bell(0, 300)])
  t.equal(await queues.countSend(phoneNumberId), 0, 'until then it keeps no worker busy')
  await eventually(() => rungAt.length === 1)
  t.ok((rungAt[0] ?? 0) - startedAt >= 290)
})

t.test('Redis holds ids and nothing else of a message', async (t) => {
  const { queues, redis, prefix } = await openBus(t)
  const one = bell()
  await queues.ringSend(phoneNumberId, [one])
  await queues.ringIngest({ ids: [createId()], bytes: 7 })
  const job = await queues.queue(queue).getJob(`${one.messageId}-0`)
  t.strictSame(job?.data, { messageId: one.messageId })
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
  t.equal(ignore(), undefined)
})
