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

const rate = 200
const many = 4 * rate
/** Who does not get to run sends less: it counts what was reached when the machine was free. */
const roundsMax = 12

t.test('two senders keep a number’s rate together: no second exceeds it, and none falls short of it', async (t) => {
  const meta = await startArrivals(t)
  const bench = await openBench(t, { GRAPH_URL: meta.url, SEND_RATE_DEFAULT: rate, SENDER_CONCURRENCY: 200 })
  await Promise.all([openSender(t, bench), openSender(t, bench)])
  const means: number[] = []
  while (means.length < roundsMax && !means.some((mean) => mean >= 0.97 * rate)) {
    const before = means.length * many
    await accept(bench, texts(many), (index) => ({ recipient: recipientOf(before + index) }))
    await bench.ring()
    await settle(bench, ['sent'], 30_000)
    const { arrivals, stallMs } = await meta.read()
    const round = arrivals.slice(before)
    t.equal(round.length, many)
    const busiest = Math.max(...round.map((from) => round.filter((at) => at >= from && at < from + 1_000).length))
    // A receiver that stalls counts what came meanwhile as one: that is no fault of the senders.
    const allowed = 1.02 * rate + 1 + (rate * stallMs) / 1_000
    t.ok(
      busiest <= allowed,
      `${busiest} in a second, ${allowed.toFixed(0)} allowed with a stall of ${stallMs.toFixed(0)} ms`
    )
    means.push(meanAfterFirstSecond(round))
    t.ok((means.at(-1) ?? 0) <= rate, `${means.at(-1)?.toFixed(1)} a second`)
  }
  t.ok(Math.max(...means) >= 0.97 * rate, means.map((mean) => mean.toFixed(1)).join(', '))
})

function meanAfterFirstSecond(arrivals: number[]): number {
  const later = arrivals.filter((at) => at > (arrivals[0] ?? 0) + 1_000)
  return (later.length - 1) / (((later.at(-1) ?? 0) - (later[0] ?? 0)) / 1_000)
}
