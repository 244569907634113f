import { connectPatientRedis } from '@wag/bus'
import { eventually } from '@wag/testkit'
import t from 'tap'
import { countStates, type ServiceName, sendMany, startSystem, takenByMeta, waitUntilEnded } from '../src/index.ts'

const sends = 500
/** A caller does not wait for Meta here: what is accepted counts. Claims run out sooner, to keep the test short. */
const env = { SEND_WAIT_MS: '20', CLAIM_TTL_MS: '7000', GRAPH_TIMEOUT_MS: '2000' }

for (const victim of ['gateway', 'sender', 'ingest', 'realtime'] satisfies ServiceName[]) {
  t.test(`kill -9 of ${victim} in the middle of ${sends} sends loses nothing and sends nothing twice`, async (t) => {
    const system = await startSystem(t, { env })
    const process = system.services[victim]
    // Some sends are under way to Meta at any moment, also when the process dies.
    await system.client.control('settings', { latency_ms: 60 })
    let restarted: Promise<void> | undefined
    const result = await sendMany(system, sends, 20, (answered) => {
      if (answered === 150) restarted = process.kill().then(() => process.start())
    })
    await restarted
    await waitUntilEnded(system, 40_000)
    const end = await eventually(
      async () => {
        const { read = 0, unknown = 0, ...others } = await countStates(system)
        const { distinct, doubled } = await takenByMeta(system)
        if (read !== distinct || Object.keys(others).length > 0) {
          throw new Error(`Meta took ${distinct}, read ${read}, unknown ${unknown}, others ${JSON.stringify(others)}`)
        }
        return { read, unknown, doubled }
      },
      { timeoutMs: 30_000, intervalMs: 200 }
    )

    t.ok(end.read + end.unknown >= result.accepted, `accepted ⊆ ended: ${end.read} read, ${end.unknown} unknown`)
    t.same(end.doubled, [], 'none was POSTed twice')
    t.ok(end.unknown <= (victim === 'sender' ? 20 : 0), `unknown: ${end.unknown}`)
    t.equal(result.accepted, sends)
  })
}

t.test(`Redis flushed in the middle of ${sends} sends: every message still goes out, none twice`, async (t) => {
  const system = await startSystem(t, { env })
  const redis = connectPatientRedis({
    url: system.redis.url,
    name: 'flush',
    onError: (error) => t.comment(error.message)
  })
  t.teardown(() => redis.disconnect())
  const result = await sendMany(system, sends, 20, (answered) => {
    if (answered === 150 || answered === 300) void redis.flushall()
  })
  const states = await waitUntilEnded(system, 40_000)
  const { distinct, doubled } = await takenByMeta(system)
  t.equal(result.accepted, sends)
  t.same(doubled, [])
  t.equal(distinct, sends)
  t.notOk(states.unknown)
})
