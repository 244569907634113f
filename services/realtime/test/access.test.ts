import { createId } from '@wag/contracts'
import { ensureTenant } from '@wag/db'
import { eventually } from '@wag/testkit'
import t from 'tap'
import { buildApp } from '../src/app.ts'
import { addContacts, apiKey, append, openBench, openClient, openNode, tenantId } from './open.ts'

t.test('a socket without a valid key is refused', async (t) => {
  const bench = await openBench(t)
  const url = await openNode(t, bench)
  const tokens: unknown[] = [undefined, '', 'x', apiKey.slice(0, -1), `${apiKey} `, null, 7, {}, [apiKey], { $ne: '' }]
  for (const token of tokens) {
    await t.rejects(openClient(t, url, { auth: { token } }), /unauthorized/, JSON.stringify(token))
  }
  await t.rejects(openClient(t, url, { auth: {}, query: { token: apiKey, 'auth[token]': apiKey } }), /unauthorized/)
  const extraHeaders = { authorization: `Bearer ${apiKey}` }
  await t.rejects(openClient(t, url, { auth: {}, extraHeaders }), /unauthorized/)
  t.ok(await openClient(t, url))
})

t.test('a revoked key opens no new socket after five seconds at the latest', async (t) => {
  const bench = await openBench(t)
  const url = await openNode(t, bench)
  t.ok(await openClient(t, url))
  await bench.db.updateTable('api_keys').set({ revoked_at: new Date() }).execute()
  const now = Date.now
  t.intercept(Date, 'now', { value: () => now() + 5_001 })
  await t.rejects(openClient(t, url), /unauthorized/)
})

t.test('a page of a foreign origin cannot connect', async (t) => {
  const bench = await openBench(t)
  const url = await openNode(t, { ...bench, config: { ...bench.config, REALTIME_ORIGINS: 'https://console.example' } })
  for (const origin of [
    'https://evil.example',
    'null',
    'https://console.example.evil',
    'http://console.example',
    '',
    'x'
  ]) {
    await t.rejects(openClient(t, url, { extraHeaders: { origin } }), /websocket error/, origin)
  }
  for (const origin of ['https://console.example', url])
    t.ok(await openClient(t, url, { extraHeaders: { origin } }), origin)
})

t.test('a contact of nobody or of another tenant cannot be subscribed to, and nothing of it is told', async (t) => {
  const bench = await openBench(t)
  const other = createId()
  await ensureTenant(bench.db, { id: other, name: 'other' })
  const [ours = 0] = await addContacts(bench, tenantId, ['1'])
  const [theirs = 0] = await addContacts(bench, other, ['2'])
  const client = await openClient(t, await openNode(t, bench))
  for (const contact of [theirs, 999, Number.MAX_SAFE_INTEGER]) {
    t.match(await client.subscribe({ contact }), { ok: false, error: { code: 'not_found' } }, String(contact))
  }
  await append(bench, [theirs])
  t.match(await client.subscribe({ contact: ours }), { ok: true })
  await append(bench, [ours])
  await eventually(() => client.events.length > 0)
  t.strictSame(client.seqs(), [2])
})

t.test('what is no subscription is refused, and the socket goes on', async (t) => {
  const bench = await openBench(t)
  const client = await openClient(t, await openNode(t, bench))
  const strange = [
    undefined,
    null,
    '',
    'tenant',
    {},
    [],
    { tenant: false },
    { tenant: 'true' },
    { tenant: true, contact: 1 },
    { tenant: tenantId },
    { contact: '1' },
    { contact: 0 },
    { contact: -1 },
    { contact: 1.5 },
    { contact: 1e20 },
    { contact: { $gt: 0 } },
    { room: 'tenant:x' }
  ]
  for (const one of strange) {
    t.match(await client.subscribe(one), { ok: false, error: { code: 'bad_request' } }, JSON.stringify(one))
  }
  client.socket.emit('subscribe', { tenant: true })
  client.socket.emit('subscribe', { tenant: true }, 'no function')
  client.socket.emit('join', 'tenant:x')
  client.socket.emit('subscribe')
  t.match(await client.subscribe({ tenant: true }), { ok: true })
})

t.test('a message that is too large closes its socket, and only that', async (t) => {
  const bench = await openBench(t)
  const url = await openNode(t, bench)
  const [large, small] = [await openClient(t, url), await openClient(t, url)]
  const closed = new Promise((resolve) => large.socket.once('disconnect', resolve))
  large.socket.emit('subscribe', { tenant: 'x'.repeat(70_000) })
  t.ok(await closed)
  t.match(await small.subscribe({ tenant: true }), { ok: true })
})

t.test('a connection that never shows a key is closed after five seconds', async (t) => {
  const bench = await openBench(t)
  const url = await openNode(t, bench)
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
  const closed = new Promise<number>((resolve) => socket.addEventListener('close', () => resolve(performance.now())))
  await new Promise((resolve) => socket.addEventListener('open', resolve))
  const openedAt = performance.now()
  t.ok((await closed) - openedAt < 7_000)
})

t.test('nothing but WebSocket is spoken unless it was asked for', async (t) => {
  const bench = await openBench(t)
  const url = await openNode(t, bench)
  t.equal(await statusOf(`${url}/socket.io/?EIO=4&transport=polling`), 400)
  const polling = await openNode(t, { ...bench, config: { ...bench.config, REALTIME_TRANSPORTS: 'websocket,polling' } })
  t.equal(await statusOf(`${polling}/socket.io/?EIO=4&transport=polling`), 200)
  t.equal(await statusOf(`${url}/socket.io/socket.io.js`), 400, 'no client is served')
})

async function statusOf(url: string): Promise<number> {
  const answer = await fetch(url)
  await answer.text()
  return answer.status
}

t.test('a socket that came while the ledger was away can subscribe when it is back', async (t) => {
  const bench = await openBench(t)
  const url = await openNode(t, bench)
  const first = await openClient(t, url)
  first.socket.disconnect()
  await bench.db.schema.alterTable('event_counters').renameTo('event_counters_away').execute()
  const client = await openClient(t, url)
  t.match(await client.subscribe({ tenant: true }), { ok: false, error: { code: 'unavailable' } })
  await bench.db.schema.alterTable('event_counters_away').renameTo('event_counters').execute()
  t.match(await client.subscribe({ tenant: true }), { ok: true })
  await append(bench, [null])
  await eventually(() => client.events.length === 1)
})

t.test('a node that is closed lets its clients go, and ends', async (t) => {
  const bench = await openBench(t)
  const app = await buildApp(bench.config)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as { port: number }
  const client = await openClient(t, `http://127.0.0.1:${port}`)
  const gone = new Promise((resolve) => client.socket.once('disconnect', resolve))
  const startedAt = performance.now()
  await app.close()
  t.equal(await gone, 'transport close', 'a reason after which clients come back by themselves')
  t.ok(performance.now() - startedAt < 2_000)
})

t.test('a node that is closed as soon as it has begun ends in peace', async (t) => {
  const bench = await openBench(t)
  for (let round = 0; round < 5; round++) {
    const app = await buildApp(bench.config)
    await app.close()
  }
  t.pass('nothing was rejected without being heard')
})
