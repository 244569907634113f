import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate, saveDefaultNumber } from '@wag/db'
import { eventually, startPostgres, type TestContext } from '@wag/testkit'
import t from 'tap'
import { accept as acceptPost, startGraph } from './graph.ts'
import { accept, encryptionKey, openBench, openSender, phoneNumberId, rowOf, settle, tenantId } from './open.ts'

t.test('a token that was changed is used after ten seconds at the latest', async (t) => {
  const graph = await startGraph(t)
  const bench = await openBench(t, { GRAPH_URL: graph.url })
  await openSender(t, bench)
  await accept(bench, ['a'])
  await bench.ring()
  await settle(bench, ['sent'])
  await saveDefaultNumber(bench.db, { id: phoneNumberId, tenantId }, 'EAAGnew', encryptionKey)
  const now = Date.now
  t.intercept(Date, 'now', { value: () => now() + 10_001 })
  await accept(bench, ['b'])
  await bench.ring()
  await settle(bench, ['sent'])
  t.strictSame(
    graph.posts.map(({ headers }) => headers.authorization),
    ['Bearer EAAGtoken', 'Bearer EAAGnew']
  )
})

t.test('a number that is added later is sent from without a restart', async (t) => {
  const graph = await startGraph(t)
  const bench = await openBench(t, { GRAPH_URL: graph.url })
  await bench.db.updateTable('phone_numbers').set({ access_token: null }).execute()
  await openSender(t, bench)
  await accept(bench, ['a'])
  await saveDefaultNumber(bench.db, { id: phoneNumberId, tenantId }, 'EAAGtoken', encryptionKey)
  await settle(bench, ['sent'])
  t.equal(graph.posts.length, 1)
})

t.test('a token that cannot be opened leaves its messages queued, and they go out when it can', async (t) => {
  const graph = await startGraph(t)
  const bench = await openBench(t, { GRAPH_URL: graph.url })
  await saveDefaultNumber(bench.db, { id: phoneNumberId, tenantId }, 'EAAGtoken', 'ff'.repeat(32))
  await openSender(t, bench)
  const [id = ''] = await accept(bench, ['a'])
  await bench.ring()
  await eventually(async () => (await rowOf(bench, id)).state === 'queued')
  await saveDefaultNumber(bench.db, { id: phoneNumberId, tenantId }, 'EAAGtoken', encryptionKey)
  await settle(bench, ['sent'], 15_000)
  t.equal(graph.posts.length, 1)
})

t.test('what Meta answered while PostgreSQL was killed is recorded when it is back', async (t) => {
  const postgres = await startDurable(t)
  const graph = await startGraph(t, (response, post) => {
    // Between the claim and the record: what Meta answered exists nowhere else.
    const killed = graph.posts.length === 1 ? postgres.kill() : Promise.resolve()
    void killed.then(() => acceptPost(response, post))
  })
  const bench = await openBench(t, { GRAPH_URL: graph.url, DATABASE_URL: postgres.url, GRAPH_TIMEOUT_MS: 10_000 })
  await accept(bench, ['a'])
  const sender = await openSender(t, bench)
  await bench.ring()
  await eventually(() => postgres.isDown())
  await eventually(async () => (await sender.inject('/health/ready')).statusCode === 503)
  await postgres.start()
  await eventually(() => settle(bench, ['sent']))
  t.equal(graph.posts.length, 1)
  await accept(bench, ['b'])
  await bench.ring()
  await settle(bench, ['sent'])
  t.strictSame(graph.doubled(), [])
})

/** A PostgreSQL that keeps what it has committed when it is killed, and can be started again. */
async function startDurable(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'wag-postgres-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const options = { dataDir: join(folder, 'data'), password: 'x' }
  let server = await startPostgres(options)
  t.teardown(() => server.stop())
  let isDown = false
  await migrate({ url: server.url })
  return {
    url: server.url,
    isDown: () => isDown,
    async kill() {
      server.kill()
      await server.exited
      isDown = true
    },
    async start() {
      server = await startPostgres({ ...options, port: server.port })
    }
  }
}
