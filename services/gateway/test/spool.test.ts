import { randomBytes } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createId, defaultTenantId } from '@wag/contracts'
import { sign } from '@wag/graph'
import { eventually, type Server, startTestPostgres } from '@wag/testkit'
import t from 'tap'
import { decodeSegment, type SpooledWebhook } from '../src/spool/record.ts'
import { openSpool } from '../src/spool/spool.ts'
import { freeze } from './freeze.ts'
import { appSecret, type Gateway, openGateway } from './open.ts'

const bytesMax = 64 * 1024 * 1024

function webhook(text: string): SpooledWebhook {
  return { id: createId(), tenantId: defaultTenantId, receivedAt: new Date(), body: Buffer.from(text) }
}

function post({ app }: Gateway, text: string) {
  const payload = Buffer.from(text)
  const headers = { 'x-hub-signature-256': sign(payload, appSecret), 'content-type': 'application/json' }
  return app.inject({ method: 'POST', url: '/whatsapp-webhook/', headers, payload })
}

async function stored({ db }: Gateway): Promise<string[]> {
  const rows = await db.selectFrom('inbox').select('body').orderBy('id').execute()
  return rows.map(({ body }) => body.toString())
}

async function stop(server: Server): Promise<void> {
  server.kill()
  await server.exited
}

async function segmentFiles(dir: string): Promise<string[]> {
  return (await readdir(dir)).sort()
}

t.test('what was appended is read back in order, whoever reads, and is gone once it is dropped', async (t) => {
  const dir = t.testdir()
  const spool = await openSpool({ dir, bytesMax })
  const sent = Array.from({ length: 50 }, (_, index) => webhook(`body ${index}`))
  await Promise.all(sent.map((one) => spool.append([one])))
  t.ok(spool.size() > 50 * 56)
  const other = await openSpool({ dir, bytesMax })
  t.notOk(await other.take(), 'not while somebody may be appending')
  const segment = await eventually(() => other.take())
  const { webhooks } = decodeSegment(await other.read(segment))
  t.same(new Set(webhooks.map(({ id }) => id)), new Set(sent.map(({ id }) => id)))
  await spool.append([webhook('later')])
  await other.drop(segment)
  t.equal((await segmentFiles(dir)).length, 1, 'what came after the take is in a segment of its own')
  const next = await spool.take()
  t.match(next && decodeSegment(await spool.read(next)).webhooks.map(({ body }) => body.toString()), ['later'])
  await spool.close()
})

t.test('two processes in one folder, one that appends and one that reads and drops, lose nothing', async (t) => {
  const dir = t.testdir()
  const [writer, reader] = [await openSpool({ dir, bytesMax }), await openSpool({ dir, bytesMax })]
  const sent = Array.from({ length: 300 }, (_, index) => webhook(`body ${index}`))
  const seen = new Set<string>()
  let done = false
  const reading = (async () => {
    while (!done || (await reader.measure()).segments > 0) {
      const segment = await reader.take()
      if (!segment) {
        await wait(20)
        continue
      }
      for (const { id } of decodeSegment(await reader.read(segment)).webhooks) seen.add(id)
      await reader.drop(segment)
    }
  })()
  for (const [index, one] of sent.entries()) {
    await writer.append([one])
    if (index % 100 === 99) await wait(1_200)
  }
  done = true
  await writer.close()
  await reading
  t.equal(seen.size, sent.length)
})

t.test('a full spool refuses what no longer fits, and takes more once it has room', async (t) => {
  const spool = await openSpool({ dir: t.testdir(), bytesMax: 10_000 })
  await spool.append([webhook('x'.repeat(8_000))])
  await t.rejects(spool.append([webhook('x'.repeat(8_000))]), { code: 'overloaded' })
  const segment = await spool.take()
  if (segment) await spool.drop(segment)
  await spool.append([webhook('x'.repeat(8_000))])
  await spool.close()
})

t.test(
  'with the ledger away a webhook is 200 once it is on disk, and reaches the ledger when it is back',
  async (t) => {
    const server = await startTestPostgres(t)
    const dir = t.testdir()
    const gateway = await openGateway(t, { DATABASE_URL: server.url, SPOOL_DIR: dir })
    t.equal((await post(gateway, '"before"')).statusCode, 200)
    const pids = await freeze(server.pid)
    const texts = Array.from({ length: 20 }, (_, index) => `"away ${index}"`)
    for (const text of texts) {
      const startedAt = performance.now()
      t.equal((await post(gateway, text)).statusCode, 200)
      t.ok(performance.now() - startedAt < 2_000)
    }
    const [file = ''] = await segmentFiles(dir)
    t.match((await readFile(join(dir, file))).toString('latin1'), /away 19/)
    const ready = await gateway.app.inject('/health/ready')
    t.equal(ready.statusCode, 503)
    t.match(ready.json().checks.spool, /^ok: [1-9]\d* bytes wait$/)
    for (const pid of pids) process.kill(pid, 'SIGCONT')
    await eventually(async () => (await segmentFiles(dir)).length === 0, { timeoutMs: 15_000 })
    t.strictSame(await stored(gateway), ['"before"', ...texts])
    t.equal((await post(gateway, '"after"')).statusCode, 200)
    t.equal((await stored(gateway)).at(-1), '"after"')
  }
)

t.test(
  'a spool left behind is taken in at the next start, once, and what is broken in it is quarantined',
  async (t) => {
    const dir = t.testdir()
    const spool = await openSpool({ dir, bytesMax })
    const sent = ['"one"', '"two"', '"three"'].map(webhook)
    await spool.append(sent)
    await spool.close()
    const [name = ''] = await segmentFiles(dir)
    const bytes = await readFile(join(dir, name))
    const broken = Buffer.from(bytes)
    broken.write('X', bytes.indexOf('two'))
    const torn = Buffer.concat([broken, bytes.subarray(0, 30)])
    const again = `${createId()}.taken`
    await writeFile(join(dir, name), torn)
    // As if the process had been killed after the commit and before it dropped the segment.
    await writeFile(join(dir, again), bytes.subarray(0, bytes.indexOf('"one"') + 5))
    await writeFile(join(dir, 'README'), 'not ours')
    const gateway = await openGateway(t, { SPOOL_DIR: dir })
    await eventually(async () => (await segmentFiles(dir)).length === 1, { timeoutMs: 10_000 })
    t.strictSame((await stored(gateway)).sort(), ['"Xwo"', '"one"', '"three"'])
    const quarantined = await gateway.db.selectFrom('quarantine').selectAll().execute()
    t.equal(quarantined.length, 1)
    t.match(quarantined[0]?.reason, /changed on disk/)
    const row = await gateway.db
      .selectFrom('inbox')
      .selectAll()
      .where('id', '=', sent[0]?.id ?? '')
      .executeTakeFirst()
    t.same(row?.received_at, sent[0]?.receivedAt, 'as old as it is')
    // And the same segment once more.
    await writeFile(join(dir, name), torn)
    await eventually(async () => (await segmentFiles(dir)).length === 1, { timeoutMs: 10_000 })
    t.equal((await stored(gateway)).length, 3)
    t.equal((await gateway.db.selectFrom('quarantine').selectAll().execute()).length, 1)
  }
)

t.test('a spool that is full is 503', async (t) => {
  const server = await startTestPostgres(t)
  const gateway = await openGateway(t, { DATABASE_URL: server.url, SPOOL_DIR: t.testdir(), SPOOL_BYTES_MAX: 100_000 })
  await stop(server)
  const body = JSON.stringify(randomBytes(30_000).toString('hex'))
  t.equal((await post(gateway, body)).statusCode, 200)
  t.equal((await post(gateway, body)).statusCode, 503)
})

t.test('a folder that cannot be written keeps the gateway from starting, and says so', async (t) => {
  const dir = t.testdir({ file: 'a file' })
  await t.rejects(openGateway(t, { SPOOL_DIR: join(dir, 'file') }), { message: /SPOOL_DIR/ })
})
