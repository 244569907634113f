import { createId, type MessageState } from '@wag/contracts'
import { claimMessages, storeReceived } from '@wag/db'
import { startHttp, type TestContext } from '@wag/testkit'
import t from 'tap'
import { type Gateway, openGateway, phoneNumberId, tenantId } from '../open.ts'
import { addStranger, call, countMessages, post, postAndEnd, rowOf, text } from './api.ts'

function cancel(gateway: Gateway, id: string) {
  return call(gateway, `/${id}`, { method: 'DELETE' })
}

/** Claims as a sender does, and returns whose messages these are. */
async function claimSome({ db }: Gateway, want: number): Promise<string[]> {
  const [claimed] = await claimMessages(db, [{ phoneNumberId, claim: createId(), want }], {
    ttlMs: 60_000,
    horizonMs: 0
  })
  return claimed?.messages.map(({ messageId }) => messageId) ?? []
}

async function setState({ db }: Gateway, id: string, state: MessageState): Promise<void> {
  await db.updateTable('messages').set({ state }).where('id', '=', id).execute()
}

t.test('what waits can be cancelled, once and for all, and an event tells of it', async (t) => {
  const gateway = await openGateway(t)
  for (const changes of [{}, { send_at: new Date(Date.now() + 60_000).toISOString() }]) {
    const { body } = await post(gateway, { ...changes, metadata: { order: 7 } })
    for (let round = 0; round < 2; round++) {
      t.match(await cancel(gateway, body.id), { status: 200, body: { id: body.id, status: 'cancelled' } })
    }
    t.match(await rowOf(gateway, body.id), { state: 'cancelled', due_at: null, claim: null })
    t.strictSame(await claimSome(gateway, 10), [])
    const events = await gateway.db.selectFrom('events').selectAll().where('message_id', '=', body.id).execute()
    t.match(events, [{ type: 'message.cancelled', data: { messageId: body.id, metadata: { order: 7 } } }])
    t.equal(events.length, 1)
    t.strictSame((await call(gateway, `/${body.id}`)).body.timeline.at(-1).state, 'cancelled')
  }
})

t.test('what is being sent or was sent cannot be cancelled', async (t) => {
  const gateway = await openGateway(t)
  const { body } = await post(gateway)
  for (const state of ['sending', 'unknown', 'sent', 'failed', 'expired', 'delivered', 'read', 'played'] as const) {
    await setState(gateway, body.id, state)
    t.match(await cancel(gateway, body.id), { status: 409, body: { code: 'state_conflict' } }, state)
    t.equal((await rowOf(gateway, body.id)).state, state)
  }
})

t.test('a message is either sent or cancelled, however close the two come', async (t) => {
  const gateway = await openGateway(t)
  const answers = await Promise.all(Array.from({ length: 24 }, () => post(gateway)))
  const ids = answers.map(({ body }) => body.id as string)
  // Claims take the oldest first and cancels begin with the newest: they meet in the middle.
  const claiming = Promise.all(Array.from({ length: 8 }, () => claimSome(gateway, 2)))
  const cancelling = Promise.all(
    ids.toReversed().map(async (id) => ({ id, status: (await cancel(gateway, id)).status }))
  )
  const claimed = new Set((await claiming).flat())
  for (const { id, status } of await cancelling) {
    t.equal(status, claimed.has(id) ? 409 : 200)
    t.equal((await rowOf(gateway, id)).state, claimed.has(id) ? 'sending' : 'cancelled')
  }
  t.ok(claimed.size > 0 && claimed.size < ids.length, `${claimed.size} were claimed`)
})

t.test('what did not reach its recipient is sent again as a new message that names the old one', async (t) => {
  const gateway = await openGateway(t)
  const first = await post(gateway, { priority: 'otp', on_unknown: 'resend', metadata: { order: 7 } })
  for (const state of ['failed', 'unknown', 'expired', 'cancelled'] as const) {
    await setState(gateway, first.body.id, state)
    const answer = await call(gateway, `/${first.body.id}/resend`, { method: 'POST' })
    t.equal(answer.status, 202)
    t.not(answer.body.id, first.body.id)
    t.equal(answer.headers.location, `/v1/messages/${answer.body.id}`)
    const same = {
      to: first.body.to,
      from: phoneNumberId,
      priority: 'otp',
      on_unknown: 'resend',
      metadata: { order: 7 }
    }
    t.match(answer.body, { ...same, status: 'queued', resend_of: first.body.id })
    t.match(await rowOf(gateway, answer.body.id), { content: text, attempts: 0, resend_of: first.body.id })
    t.match((await call(gateway, `/${answer.body.id}`)).body, { resend_of: first.body.id, content: text })
  }
})

t.test('what may still arrive, or has, is not sent again', async (t) => {
  const gateway = await openGateway(t)
  const { body } = await post(gateway)
  for (const state of ['scheduled', 'queued', 'sending', 'sent', 'delivered', 'read', 'played'] as const) {
    await setState(gateway, body.id, state)
    const answer = await call(gateway, `/${body.id}/resend`, { method: 'POST' })
    t.match(answer, { status: 409, body: { code: 'state_conflict', detail: new RegExp(state) } })
  }
  t.equal(await countMessages(gateway), 1)
})

t.test('an empty body that calls itself JSON is no body', async (t) => {
  const gateway = await openGateway(t)
  const failed = await postAndEnd(gateway, { kind: 'failed', code: 1 })
  const headers = { 'content-type': 'application/json' }
  t.equal((await call(gateway, `/${failed}/resend`, { method: 'POST', headers, payload: '' })).status, 202)
})

/** Stands in for Meta: answers every request with the same, and keeps the bodies it got. */
async function startGraph(t: TestContext, status: number, answer: unknown) {
  const bodies: unknown[] = []
  const url = await startHttp(t, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      bodies.push({ url: request.url, body: JSON.parse(Buffer.concat(chunks).toString()) })
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(answer))
    })
  })
  return { url, bodies }
}

async function receive(gateway: Gateway): Promise<string> {
  const { body } = await post(gateway)
  const { contact_id: contactId } = await rowOf(gateway, body.id)
  const id = createId()
  const received = { id, tenantId, phoneNumberId, contactId, wamid: `wamid.${id}`, type: 'text', content: {} }
  await storeReceived(gateway.db, [{ ...received, at: new Date() }])
  return id
}

t.test('a message that came in is marked as read at Meta, with the typing indicator on request', async (t) => {
  const graph = await startGraph(t, 200, { success: true })
  const gateway = await openGateway(t, { GRAPH_URL: graph.url })
  const id = await receive(gateway)
  for (const payload of [undefined, {}, { typing_indicator: true }, { typing_indicator: { type: 'text' } }]) {
    t.match(await call(gateway, `/${id}/read`, { method: 'POST', payload }), { status: 200, body: { success: true } })
  }
  const read = { messaging_product: 'whatsapp', status: 'read', message_id: `wamid.${id}` }
  const typing = { ...read, typing_indicator: { type: 'text' } }
  const url = `/v24.0/${phoneNumberId}/messages`
  t.strictSame(
    graph.bodies,
    [read, read, typing, typing].map((body) => ({ url, body }))
  )
  for (const payload of [{ typing_indicator: 'text' }, { typing_indicator: { type: 'audio' } }, { typing: true }]) {
    t.match(await call(gateway, `/${id}/read`, { method: 'POST', payload }), { status: 400, body: { errors: [{}] } })
  }
})

t.test('what Meta answers to a read receipt is told', async (t) => {
  const error = { code: 131009, message: 'Parameter value is not valid', error_data: { details: 'Too old' } }
  const cases: [status: number, body: unknown, expected: number, code: string][] = [
    [400, { error }, 400, 'meta_refused'],
    [429, { error: { code: 130429, message: 'x' } }, 502, 'graph_unavailable'],
    [500, {}, 502, 'graph_unavailable'],
    [200, { success: false }, 502, 'graph_unavailable'],
    [200, 'x', 502, 'graph_unavailable']
  ]
  for (const [status, body, expected, code] of cases) {
    const graph = await startGraph(t, status, body)
    const gateway = await openGateway(t, { GRAPH_URL: graph.url })
    const answer = await call(gateway, `/${await receive(gateway)}/read`, { method: 'POST' })
    t.match(answer, { status: expected, body: { code } })
    t.notMatch(answer.text, 'wamid')
  }
  const gateway = await openGateway(t)
  const answer = await call(gateway, `/${await receive(gateway)}/read`, { method: 'POST' })
  t.match(answer, { status: 502, body: { code: 'graph_unavailable' } }, 'nobody is there')
})

t.test('a message that was sent, or of a number without a token, cannot be marked as read', async (t) => {
  const gateway = await openGateway(t)
  await addStranger(gateway.db)
  const { body } = await post(gateway)
  t.match(await call(gateway, `/${body.id}/read`, { method: 'POST' }), {
    status: 409,
    body: { code: 'state_conflict' }
  })
  const id = await receive(gateway)
  await gateway.db.updateTable('phone_numbers').set({ access_token: null }).execute()
  t.match(await call(gateway, `/${id}/read`, { method: 'POST' }), { status: 404, body: { code: 'number_not_found' } })
})
