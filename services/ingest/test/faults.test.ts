import { readFile } from 'node:fs/promises'
import { eventually, startTestPostgres, startTestRedis } from '@wag/testkit'
import t from 'tap'
import { bodyOf, message, status } from './bodies.ts'
import { openBench, openIngest, post, read, settle, store } from './open.ts'

const some = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => bodyOf({ messages: [message(`m${from + index}`)] }))

t.test('webhooks whose bell was lost are found in the ledger', async (t) => {
  const bench = await openBench(t)
  await openIngest(t, bench)
  await store(bench, some(0, 20))
  await settle(bench)
  t.equal((await read(bench)).messages.length, 20)
})

t.test('without Redis webhooks are applied all the same, and once when it comes back', async (t) => {
  const server = await startTestRedis(t)
  const bench = await openBench(t, { REDIS_URL: server.url })
  const ingest = await openIngest(t, bench)
  await post(bench, some(0, 5))
  await settle(bench)
  process.kill(server.pid, 'SIGSTOP')
  await store(bench, some(5, 5))
  await settle(bench)
  process.kill(server.pid, 'SIGCONT')
  server.kill()
  await server.exited
  await store(bench, some(10, 5))
  await settle(bench)
  const { messages, events } = await read(bench)
  t.equal(messages.length, 15)
  t.equal(events.length, 15)
  t.equal((await ingest.inject('/health/live')).statusCode, 200)
})

t.test('bells for what is done, what never was and what makes no sense do nothing', async (t) => {
  const bench = await openBench(t)
  await openIngest(t, bench)
  const ids = await post(bench, some(0, 3))
  await settle(bench)
  await bench.ring([...ids, '00000000-0000-7000-8000-000000000000'], 1)
  await bench.ring([], 0)
  await bench.ring(['no id'], 1)
  await post(bench, some(3, 1))
  await settle(bench)
  t.equal((await read(bench)).messages.length, 4)
})

t.test('a backend that is killed under a batch costs time and nothing else', async (t) => {
  const server = await startTestPostgres(t)
  const bench = await openBench(t, { DATABASE_URL: server.url })
  await openIngest(t, bench)
  const names = Array.from({ length: 40 }, (_, index) => index)
  for (const round of [0, 1, 2]) {
    await post(
      bench,
      names.map((name) => bodyOf({ messages: [message(`r${round} ${name}`)], statuses: [status(`s${name}`, 'sent')] }))
    )
    const busy = await eventually(() => busyBackends(server.pid).then((pids) => (pids.length > 0 ? pids : undefined)), {
      intervalMs: 1
    })
    for (const pid of busy) process.kill(pid, 'SIGTERM')
  }
  await settle(bench, 15_000)
  const { messages, statuses, events } = await read(bench)
  t.strictSame([messages.length, statuses.length, events.length], [120, 40, 120])
})

/** The server's processes that are at work for somebody; each shows what it does in its title. */
async function busyBackends(pid: number): Promise<number[]> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ').filter(Boolean)
  const titles = await Promise.all(
    children.map(async (child) => ({ pid: Number(child), title: await readFile(`/proc/${child}/cmdline`, 'utf8') }))
  )
  return titles.flatMap(({ pid: child, title }) => (/ (UPDATE|INSERT|SELECT|idle in)/.test(title) ? [child] : []))
}
