import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type TestContext } from '@wag/testkit'
import t from 'tap'
import { accept, openBench, openSender, recipientOf, settle, texts } from './open.ts'

async function startArrivals(t: TestContext) {
  const child = fork(join(import.meta.dirname, 'arrivals.ts'))
  t.teardown(() => child.kill('SIGKILL'))
  const [port] = await once(child, 'message')
  const read = async () => {
    child.send('read')
    const [seen] = await once(child, 'message')
    return seen as { arrivals: number[]; stallMs: number }
  }
  return { url: `http://127.0.0.1:${port}`, read }
}

t.test('two senders keep a number’s rate together: no second exceeds it, and none falls short of it', async (t) => {
  const rate = 200
  const meta = await startArrivals(t)
  const bench = await openBench(t, { GRAPH_URL: meta.url, SEND_RATE_DEFAULT: rate, SENDER_CONCURRENCY: 200 })
  await accept(bench, texts(4 * rate), (index) => ({ recipient: recipientOf(index) }))
  await Promise.all([openSender(t, bench), openSender(t, bench)])
  await bench.ring()
  await settle(bench, ['sent'], 30_000)
  const { arrivals, stallMs } = await meta.read()
  const [first = 0] = arrivals
  const busiest = Math.max(...arrivals.map((from) => arrivals.filter((at) => at >= from && at < from + 1_000).length))
  // A receiver that stalls counts what came meanwhile as one: that is no fault of the senders.
  const allowed = 1.02 * rate + 1 + (rate * stallMs) / 1_000
  t.ok(
    busiest <= allowed,
    `${busiest} in a second, ${allowed.toFixed(0)} allowed with a stall of ${stallMs.toFixed(0)} ms`
  )
  const later = arrivals.filter((at) => at > first + 1_000)
  const mean = (later.length - 1) / (((later.at(-1) ?? 0) - (later[0] ?? 0)) / 1_000)
  t.ok(mean <= rate, `${mean.toFixed(1)} a second`)
  // Where the receiver itself does not get to run, the senders do not either.
  if (stallMs < 20) t.ok(mean >= 0.97 * rate, `${mean.toFixed(1)} a second`)
  else t.comment(`${mean.toFixed(1)} a second, on a machine that is too busy to tell`)
})
