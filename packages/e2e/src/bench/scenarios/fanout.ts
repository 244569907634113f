import { type TestContext } from '@wag/testkit'
import { type Figure } from '../figures.ts'
import { measureFanout, measureLatency, openBench } from '../realtime.ts'
import { scoped } from '../scoped.ts'
import { type ScenarioOptions } from './options.ts'

const subscribers = 1_000
const eventsPerS = 500

/** Deliveries to rooms, and the time from the ledger to the client, against Socket.IO alone. */
export async function fanout(t: TestContext, options: ScenarioOptions): Promise<Figure[]> {
  const bench = await openBench(t)
  const rates: number[] = []
  const latencies: { p50Ms: number; p99Ms: number }[] = []
  for (const target of bench.targets) {
    rates.push(await scoped((inner) => measureFanout(inner, bench, target, { subscribers, seconds: options.seconds })))
    const latency = { subscribers, rate: eventsPerS, seconds: options.seconds }
    latencies.push(await scoped((inner) => measureLatency(inner, bench, target, latency)))
  }
  const [limitRate = 0, rate = 0] = rates
  const [bare, ours] = latencies
  return [
    {
      name: 'fanout',
      rate,
      p50Ms: ours?.p50Ms ?? 0,
      p99Ms: ours?.p99Ms ?? 0,
      limit: 'Socket.IO alone, emitting from memory',
      limitRate,
      ratio: rate / limitRate,
      controlRate: null,
      notes: {
        times: `ledger to client at ${eventsPerS} events/s to ${subscribers} subscribers`,
        'Socket.IO alone': `p50 ${bare?.p50Ms} ms, p99 ${bare?.p99Ms} ms`
      }
    }
  ]
}
