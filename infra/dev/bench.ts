// npm run bench: realtime against bare Socket.IO, both measured in the same run on the same machine.
import { parseArgs } from 'node:util'
import { measureFanout, measureLatency, measureMemory, openBench } from '@wag/e2e'

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '5000' },
    subscribers: { type: 'string', default: '1000' },
    rate: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '10' }
  }
})
const subscribers = Number(values.subscribers)
const seconds = Number(values.seconds)

/** Runs a measurement with what it opens closed afterwards. */
async function scoped<T>(measure: (t: { teardown: (fn: () => unknown) => void }) => Promise<T>): Promise<T> {
  const cleanups: (() => unknown)[] = []
  try {
    return await measure({ teardown: (fn) => void cleanups.unshift(fn) })
  } finally {
    for (const cleanup of cleanups) await cleanup()
  }
}

const say = (line: string): void => void process.stdout.write(`${line}\n`)

const fanout = await scoped(async (t) => {
  const bench = await openBench(t)
  const rates: number[] = []
  for (const target of bench.targets)
    rates.push(await scoped((inner) => measureFanout(inner, bench, target, { subscribers, seconds })))
  return rates
})
const [bareRate = 0, ourRate = 0] = fanout
say(
  `fanout       rooms of ${subscribers / 10}: ${ourRate.toFixed(0)} deliveries/s, bare Socket.IO ${bareRate.toFixed(0)}, ratio ${(ourRate / bareRate).toFixed(2)}`
)

const latency = await scoped(async (t) => {
  const bench = await openBench(t)
  const found = []
  for (const target of bench.targets) {
    found.push(
      await scoped((inner) => measureLatency(inner, bench, target, { subscribers, rate: Number(values.rate), seconds }))
    )
  }
  return found
})
for (const [index, name] of ['bare', 'wag'].entries()) {
  const found = latency[index]
  if (found)
    say(
      `latency      ${name}: p50 ${found.p50Ms} ms, p99 ${found.p99Ms} ms, ${found.delivered} of ${found.expected} deliveries at ${values.rate} events/s`
    )
}

const memory = await scoped(async (t) => {
  const { targets } = await openBench(t)
  const bytes: number[] = []
  for (const target of targets)
    bytes.push(await scoped((inner) => measureMemory(inner, target, Number(values.connections))))
  return bytes
})
const [bareBytes = 0, ourBytes = 0] = memory
say(
  `connections  ${values.connections} idle: ${(ourBytes / 1024).toFixed(1)} KB each, bare Socket.IO ${(bareBytes / 1024).toFixed(1)} KB, ratio ${(ourBytes / bareBytes).toFixed(2)}`
)
