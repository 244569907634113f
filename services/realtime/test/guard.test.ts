import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { appendEvents, ensureTenant, revokeKey } from '@wag/db'
import { eventually } from '@wag/testkit'
import { type Socket } from 'socket.io-client'
import t from 'tap'
import { connectSocket, createStage, type Stage, startNode, tenantId } from './stage.ts'

const otherTenantId = '00000000-0000-7000-8000-000000000002'

/** Resolves when the server has cut this socket. */
function closed(socket: Socket): Promise<unknown> {
  return new Promise((resolve) => socket.once('disconnect', resolve))
}

async function contactOf({ db }: Stage, tenant: string): Promise<number> {
  const row = { tenant_id: tenant, wa_id: '16505551234' }
  return (await db.insertInto('contacts').values(row).returning('id').executeTakeFirstOrThrow()).id
}

async function makeToken(url: string, key: string, body: object): Promise<{ id: string; token: string }> {
  const answer = await fetch(`${url}/v1/realtime/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body)
  })
  if (answer.status !== 201) throw new Error(`${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as { id: string; token: string }
}

t.test("another tenant's contacts, numbers and messages do not exist, nor do its events", async (t) => {
  const stage = await createStage(t)
  await ensureTenant(stage.db, { id: otherTenantId, name: 'other' })
  await stage.db.insertInto('phone_numbers').values({ tenant_id: otherTenantId, id: '77' }).execute()
  const foreign = await contactOf(stage, otherTenantId)
  const { url } = await startNode(t, stage)
  const socket = await connectSocket(t, url, { token: stage.key, after: 0 })
  const seen: unknown[] = []
  socket.on('event', (event) => seen.push(event))
  for (const asked of [{ contact: foreign }, { number: '77' }, { message: otherTenantId }, { contact: 999_999 }]) {
    t.match(await socket.emitWithAck('subscribe', asked), { ok: false, error: { code: 'not_found' } })
  }
  for (const asked of [{ tenant: otherTenantId }, { tenant: true, contact: 1 }, 'tenant', null, { room: 'x' }, []]) {
    t.match(await socket.emitWithAck('subscribe', asked), { ok: false, error: { code: 'bad_request' } })
  }
  await socket.emitWithAck('subscribe', { tenant: true })
  await appendEvents(stage.db, [{ tenantId: otherTenantId, type: 'message.received', data: {} }])
  const own = await stage.append([{}])
  await eventually(() => seen.length > 0)
  t.match(seen, [{ seq: own }])
  t.equal(seen.length, 1)
})

t.test('nobody connects without a key, with a wrong one, or from a page that is not listed', async (t) => {
  const stage = await createStage(t, { REALTIME_ORIGINS: 'https://app.example' })
  const { url } = await startNode(t, stage)
  for (const token of [undefined, '', 'x'.repeat(48), `wrt_${'x'.repeat(43)}`, { a: 1 }]) {
    await t.rejects(connectSocket(t, url, { token }), /unauthorized/)
  }
  for (const after of [-1, 1.5, '7', null]) {
    await t.rejects(connectSocket(t, url, { token: stage.key, after }), /bad_request/)
  }
  const from = (origin: string) => connectSocket(t, url, { token: stage.key }, { extraHeaders: { origin } })
  await t.rejects(from('https://evil.example'), 'a foreign Origin')
  await from('https://app.example')
})

t.test('a token listens to what it was made for, and is cut when it or its key is revoked', async (t) => {
  const stage = await createStage(t)
  const one = await startNode(t, stage)
  const two = await startNode(t, stage)
  const contact = await contactOf(stage, tenantId)
  const { id, token } = await makeToken(one.url, stage.key, { subscriptions: [{ contact }] })
  const socket = await connectSocket(t, two.url, { token })
  t.match(await socket.emitWithAck('subscribe', { contact }), { ok: true })
  t.match(await socket.emitWithAck('subscribe', { tenant: true }), { ok: false, error: { code: 'forbidden' } })

  const cut = closed(socket)
  const revoked = await fetch(`${one.url}/v1/realtime/tokens/${id}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${stage.key}` }
  })
  t.equal(revoked.status, 204)
  await cut
  await t.rejects(connectSocket(t, two.url, { token }), /unauthorized/)

  const second = await makeToken(one.url, stage.key, { subscriptions: [{ tenant: true }] })
  const sockets = await Promise.all(
    [stage.key, second.token].flatMap((credential) =>
      [one, two].map(({ url }) => connectSocket(t, url, { token: credential }))
    )
  )
  const { id: keyId } = await stage.db.selectFrom('api_keys').select('id').executeTakeFirstOrThrow()
  const began = Date.now()
  await revokeKey(stage.db, tenantId, keyId)
  await Promise.all(sockets.flatMap((each) => (each.connected ? [closed(each)] : [])))
  t.ok(Date.now() - began < 5_000, `cut on every node after ${Date.now() - began} ms`)
})

t.test('clients that send too much are cut', async (t) => {
  const stage = await createStage(t)
  const { url } = await startNode(t, stage)
  const large = await connectSocket(t, url, { token: stage.key })
  const cutLarge = closed(large)
  large.emit('subscribe', { tenant: true, padding: 'x'.repeat(100_000) })
  await cutLarge
  const chatty = await connectSocket(t, url, { token: stage.key })
  const cutChatty = closed(chatty)
  for (let index = 0; index < 200; index++) chatty.emit('subscribe', { tenant: true })
  await cutChatty
  const greedy = await connectSocket(t, url, { token: stage.key })
  const numbers = Array.from({ length: 101 }, (_, index) => String(index))
  await stage.db
    .insertInto('phone_numbers')
    .values(numbers.map((id) => ({ tenant_id: tenantId, id })))
    .execute()
  t.match(
    await greedy.emitWithAck(
      'subscribe',
      numbers.slice(0, 100).map((number) => ({ number }))
    ),
    { ok: true }
  )
  t.match(await greedy.emitWithAck('subscribe', { number: '7' }), { ok: true }, 'one it has already costs nothing')
  t.match(await greedy.emitWithAck('subscribe', { number: '100' }), { ok: false, error: { code: 'too_many' } })
})

t.test('a node takes so many connections, an address and a key so many of them', async (t) => {
  const full = await createStage(t, { REALTIME_CONNECTIONS_MAX: 2 })
  const node = await startNode(t, full)
  await connectSocket(t, node.url, { token: full.key })
  await connectSocket(t, node.url, { token: full.key })
  await t.rejects(connectSocket(t, node.url, { token: full.key }))
  t.match(await upgrade(node.url), /^HTTP\/1\.1 503 /)

  const narrow = await createStage(t, { REALTIME_CONNECTIONS_PER_KEY_MAX: 1 })
  const second = await startNode(t, narrow)
  const first = await connectSocket(t, second.url, { token: narrow.key })
  await t.rejects(connectSocket(t, second.url, { token: narrow.key }), /too_many_connections/)
  first.close()
  await eventually(() => connectSocket(t, second.url, { token: narrow.key }))

  const lonely = await createStage(t, { REALTIME_CONNECTIONS_PER_ADDRESS_MAX: 1 })
  const third = await startNode(t, lonely)
  await connectSocket(t, third.url, { token: lonely.key })
  await t.rejects(connectSocket(t, third.url, { token: lonely.key }))
})

t.test(
  '300 raw sockets that never show a key are closed within seconds, and others are served meanwhile',
  async (t) => {
    const stage = await createStage(t)
    const { url } = await startNode(t, stage)
    const silent = Array.from({ length: 150 }, () => connectTcp(Number(new URL(url).port), '127.0.0.1'))
    const upgraded = Array.from({ length: 150 }, () => {
      const socket = connectTcp(Number(new URL(url).port), '127.0.0.1')
      socket.write(upgradeRequest(url))
      return socket
    })
    const all = [...silent, ...upgraded]
    t.teardown(() => all.forEach((socket) => void socket.destroy()))
    for (const socket of all) socket.on('error', () => socket.destroy()).resume()
    const began = Date.now()
    await connectSocket(t, url, { token: stage.key })
    await Promise.all(all.flatMap((socket) => (socket.closed ? [] : once(socket, 'close'))))
    t.ok(Date.now() - began < 8_000, `all closed after ${Date.now() - began} ms`)
  }
)

function upgradeRequest(url: string): string {
  const key = Buffer.from('0123456789abcdef').toString('base64')
  return `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${new URL(url).host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`
}

/** What a node answers to a raw upgrade. */
async function upgrade(url: string): Promise<string> {
  const socket = connectTcp(Number(new URL(url).port), '127.0.0.1')
  socket.write(upgradeRequest(url))
  const [chunk] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return chunk.toString()
}
