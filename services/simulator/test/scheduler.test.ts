import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { createIds } from '../src/ids.ts'
import { retryDelayMs } from '../src/outbox.ts'
import { createQueue } from '../src/queue.ts'
import { createRing } from '../src/ring.ts'
import { createScheduler } from '../src/scheduler.ts'
import { draw } from '../src/seed.ts'

t.test('tasks run when they are due, equal ones in the order they came', async (t) => {
  const scheduler = createScheduler()
  const ran: number[] = []
  const delays = Array.from({ length: 500 }, (_, n) => draw(1, 1, n) % 50)
  const start = performance.now()
  for (const delay of delays) {
    const task = { due: 0, order: 0, run: () => void ran.push(delay) }
    scheduler.schedule(task, start + delay)
  }
  await scheduler.sleep(60)
  t.strictSame(
    ran,
    delays.toSorted((a, b) => a - b)
  )
})

t.test('a sooner task does not wait for a later one, and none runs once forgotten', async (t) => {
  const scheduler = createScheduler()
  const ran: string[] = []
  scheduler.after(400, () => ran.push('later'))
  scheduler.after(5, () => ran.push('sooner'))
  await pause(30)
  t.strictSame(ran, ['sooner'])
  t.equal(scheduler.clear().length, 1)
  await pause(450)
  t.strictSame(ran, ['sooner'])
})

t.test('a queue hands out in order, however much passed through', async (t) => {
  const queue = createQueue<number>()
  const taken: (number | undefined)[] = []
  for (let n = 0; n < 10_000; n++) {
    queue.put(n)
    if (n % 3 > 0) taken.push(queue.take())
  }
  while (queue.size() > 0) taken.push(queue.take())
  t.strictSame(taken, [...Array(10_000).keys()])
  t.equal(queue.take(), undefined)
})

t.test('a ring keeps the newest and tells what fell out', async (t) => {
  const ring = createRing<number>(3)
  t.strictSame(
    [1, 2, 3, 4, 5].map((item) => ring.push(item)),
    [undefined, undefined, undefined, 1, 2]
  )
  t.strictSame(ring.newest(2), [5, 4])
})

t.test('a hundred thousand wamids for one phone are all different', async (t) => {
  const ids = createIds(1)
  const seen = new Set<string>()
  for (let n = 0; n < 100_000; n++) seen.add(ids.sentWamid('491712345678')).add(ids.receivedWamid('491712345678'))
  t.equal(seen.size, 200_000)
})

t.test('a webhook is repeated at once, then ever more slowly', async (t) => {
  const settings = { retry_base_ms: 1000, retry_delay_max_ms: 60_000 }
  const delays = [1, 2, 3, 4, 8, 9, 50].map((attempts) => retryDelayMs(attempts, settings))
  t.strictSame(delays, [0, 1000, 2000, 4000, 60_000, 60_000, 60_000])
})
