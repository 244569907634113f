import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { sendQueueName } from '@wag/contracts'
import { eventually } from '@wag/testkit'
import t from 'tap'
import { openBus, openWorker } from './open.ts'

const queue = sendQueueName

t.test('the jobs of a killed worker are taken over within 16 seconds, however often it happens', async (t) => {
  const bus = await openBus(t)
  const numbers = Array.from({ length: 5 }, (_, index) => `10000${index}`)
  await bus.queues.ringSend(numbers)
  const args = [join(import.meta.dirname, 'stuck-worker.ts'), bus.url, bus.prefix, queue]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  let taken = 0
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    taken += text.split('working').length - 1
  })
  await eventually(() => taken === numbers.length, { timeoutMs: 15_000 })
  // It is the third time that these jobs stalled; by BullMQ's own rule they would be failed for good.
  for (const number of numbers) {
    const key = `${bus.prefix}:${queue}:number-${number}`
    await bus.redis.hset(key, 'stc', '2')
  }
  child.kill('SIGKILL')
  await once(child, 'exit')

  const killedAt = performance.now()
  const handled = new Set<string>()
  openWorker(t, {
    ...bus,
    queue,
    handle: async (data) => void handled.add((data as { phoneNumberId: string }).phoneNumberId)
  })
  await eventually(() => handled.size === numbers.length, { timeoutMs: 16_000 })
  t.same(handled, new Set(numbers))
  t.comment(`taken over after ${Math.round(performance.now() - killedAt)} ms`)
})
