import { Counter, Gauge, type Registry } from 'prom-client'
import { type Simulator } from './simulator.ts'

type CountName = keyof Simulator['stats']['counts']

const counters: readonly (readonly [name: string, help: string, count: CountName])[] = [
  ['simulator_accepted_total', 'Messages accepted', 'accepted'],
  ['simulator_received_total', 'Messages that phones wrote', 'received'],
  ['simulator_webhooks_sent_total', 'Webhooks answered with 200', 'webhooks_sent'],
  ['simulator_webhooks_failed_total', 'Attempts to deliver a webhook that failed', 'webhooks_failed']
]

/** Shows the plain counters in /metrics. They are read when somebody looks, so that counting stays an addition. */
export function registerMetrics(registry: Registry, simulator: Simulator): void {
  const { stats, pending } = simulator
  for (const [name, help, count] of counters) {
    const counter = new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        counter.reset()
        counter.inc(stats.counts[count])
      }
    })
  }
  const gauge: Gauge = new Gauge({
    name: 'simulator_updates_pending',
    help: 'Statuses and messages that have not come through yet',
    registers: [registry],
    collect: () => gauge.set(pending())
  })
}
