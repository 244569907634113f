// npm run storm: the realtime nodes under faults, at the size of the promise. Exits with 1 when one client missed an event,
// saw one twice, or saw one out of order.
import { parseArgs } from 'node:util'
import { runStorm } from '@wag/e2e'

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '60' },
    rate: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' }
  }
})
const cleanups: (() => unknown)[] = []
const context = { teardown: (fn: () => unknown) => cleanups.unshift(fn) }
const say = (line: string): void => void process.stdout.write(`storm | ${line}\n`)

try {
  const report = await runStorm(context, {
    clients: Number(values.clients),
    seconds: Number(values.seconds),
    rate: Number(values.rate),
    seed: Number(values.seed),
    log: say
  })
  const wrong = report.clients.filter(({ expected, seen }) => JSON.stringify(expected) !== JSON.stringify(seen))
  const delivered = report.clients.reduce((sum, { seen }) => sum + seen.length, 0)
  say(
    `seed ${values.seed}: ${report.events} events, ${delivered} deliveries, ${report.connections} connections, ${report.reloads} reloads`
  )
  for (const { subscriptions, expected, seen } of wrong) {
    say(`WRONG ${JSON.stringify(subscriptions)}: expected ${expected.length}, saw ${seen.length}`)
  }
  say(
    wrong.length === 0
      ? 'every client saw every event of its rooms, once and in order'
      : `${wrong.length} clients did not`
  )
  process.exitCode = wrong.length === 0 && report.reloads === 0 ? 0 : 1
} finally {
  for (const cleanup of cleanups) await cleanup()
}
