import t from 'tap'
import { runStorm } from '../src/index.ts'

t.test(
  'killed nodes, a restarted and flushed Redis, dropping clients: each sees every event of its rooms, once, in order',
  async (t) => {
    const report = await runStorm(t, { clients: 50, seconds: 12, rate: 200, seed: 1, log: (line) => t.comment(line) })
    t.equal(report.events, 12 * 200)
    t.equal(report.reloads, 0)
    t.ok(report.connections > 100, `${report.connections} connections by 50 clients`)
    for (const { subscriptions, expected, seen } of report.clients)
      t.same(seen, expected, JSON.stringify(subscriptions))
  }
)
