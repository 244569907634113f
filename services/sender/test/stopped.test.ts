import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually, freePort, type TestContext } from '@wag/testkit'
import t from 'tap'
import { startGraph } from './graph.ts'
import { accept, type Bench, openBench, openSender, settle, texts } from './open.ts'

/** A sender in a process of its own, to be stopped and killed. */
async function spawnSender(t: TestContext, { config }: Bench) {
  const settings = { ...config, SENDER_PORT: await freePort() }
  const env = Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]))
  const path = join(import.meta.dirname, '../src/main.ts')
  const child = spawn(process.execPath, [path], { env: { ...process.env, ...env }, stdio: 'ignore' })
  t.teardown(() => child.kill('SIGKILL'))
  return child
}

t.test('a sender that was stopped for longer than its claims last posts nothing under them', async (t) => {
  const graph = await startGraph(t)
  // One message a second: the next one is claimed, and waits for its slot, at nearly any moment.
  const changes = { GRAPH_URL: graph.url, SEND_RATE_DEFAULT: 1, CLAIM_TTL_MS: 1_000, GRAPH_TIMEOUT_MS: 500 }
  const bench = await openBench(t, changes)
  await accept(bench, texts(6))
  const child = await spawnSender(t, bench)
  await eventually(() => graph.posts.length === 1, { timeoutMs: 15_000 })
  const waiting = await eventually(async () => {
    const rows = await bench.db.selectFrom('messages').select('id').where('state', '=', 'sending').execute()
    return rows.find(({ id }) => !graph.posts.some(({ messageId }) => messageId === id))
  })
  child.kill('SIGSTOP')
  // Another one takes over, and finds the claim run out.
  const other = await openSender(t, { ...bench, config: { ...bench.config, SEND_RATE_DEFAULT: 20 } })
  await eventually(
    async () => {
      const row = await bench.db.selectFrom('messages').select('state').where('id', '=', waiting.id).execute()
      return row[0]?.state === 'unknown'
    },
    { timeoutMs: 15_000 }
  )
  await other.close()
  t.equal(graph.posts.filter(({ messageId }) => messageId === waiting.id).length, 0)
  child.kill('SIGCONT')
  await settle(bench, ['sent'], 15_000)
  t.equal(graph.posts.length, 6)
  t.strictSame(graph.doubled(), [], 'what it had claimed it put back, and it was sent once')
})

t.test('a killed sender leaves unknown no more than what it had claimed a moment before', async (t) => {
  const graph = await startGraph(t)
  const bench = await openBench(t, {
    GRAPH_URL: graph.url,
    SEND_RATE_DEFAULT: 200,
    GRAPH_TIMEOUT_MS: 500,
    CLAIM_TTL_MS: 1_000
  })
  await accept(bench, texts(600), (index) => ({ recipient: { kind: 'phone', id: String(491_700_000_000 + index) } }))
  const child = await spawnSender(t, bench)
  await eventually(() => graph.posts.length > 100, { timeoutMs: 15_000 })
  child.kill('SIGKILL')
  await sleep(50)
  await openSender(t, bench)
  await settle(bench, ['sent', 'unknown'], 20_000)
  const { length: unknown } = await bench.db
    .selectFrom('messages')
    .select('id')
    .where('state', '=', 'unknown')
    .execute()
  t.ok(unknown <= 60, `${unknown} unknown`)
  t.ok(graph.posts.length >= 600 - unknown)
  t.strictSame(graph.doubled(), [])
})
