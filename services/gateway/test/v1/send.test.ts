import { createId } from '@wag/contracts'
import { saveDefaultNumber } from '@wag/db'
import { eventually } from '@wag/testkit'
import t from 'tap'
import { encryptionKey, endSend, openGateway, phoneNumberId, tenantId } from '../open.ts'
import { addStranger, call, countMessages, post, rowOf, text, to } from './api.ts'

t.test('a message is answered 202 with its address, and found there as it was accepted', async (t) => {
  const gateway = await openGateway(t)
  const { status, headers, body } = await post(gateway, { metadata: { order: 7 }, priority: 'otp' })
  t.equal(status, 202)
  t.equal(headers.location, `/v1/messages/${body.id}`)
  t.match(headers['content-type'], /^application\/json/)
  t.match(body, { wamid: null, status: 'queued', direction: 'out', from: phoneNumberId, to, type: 'text' })
  t.match(body, { priority: 'otp', on_unknown: 'hold', metadata: { order: 7 } })
  t.equal(new Date(body.expires_at).getTime() - new Date(body.created_at).getTime(), 86_400_000)
  const found = await call(gateway, `/${body.id}`)
  t.equal(found.status, 200)
  t.match(found.body, { ...body, content: text, timeline: [{ state: 'queued', at: body.created_at }] })
  t.match(await rowOf(gateway, body.id), { recipient: to.slice(1), recipient_kind: 'phone', priority: 0, claim: null })
})

t.test('a recipient is the same contact however the number is written', async (t) => {
  const gateway = await openGateway(t)
  const spellings = ['+1 (650) 555-1234', '0016505551234', '16505551234', '+16505551234']
  const contacts = new Set<number>()
  for (const spelling of spellings) {
    const { status, body } = await post(gateway, { to: spelling })
    t.equal(status, 202, spelling)
    t.equal(body.to, '+16505551234')
    contacts.add((await rowOf(gateway, body.id)).contact_id)
  }
  t.equal(contacts.size, 1)
})

t.test('a national number counts where a default country is set', async (t) => {
  const gateway = await openGateway(t, { DEFAULT_COUNTRY: 'US' })
  t.match(await post(gateway, { to: '(650) 555-1234' }), { status: 202, body: { to: '+16505551234' } })
})

t.test('people without a number and groups get messages too', async (t) => {
  const gateway = await openGateway(t)
  const person = await post(gateway, { to: undefined, recipient: 'US.13491208655302741918' })
  t.match(person, { status: 202, body: { recipient: 'US.13491208655302741918' } })
  t.notOk('to' in person.body)
  const group = await post(gateway, { to: 'Y2FwaV9ncm91cDo', recipient_type: 'group' })
  t.match(group, { status: 202, body: { to: 'Y2FwaV9ncm91cDo', recipient_type: 'group' } })
  for (const [id, kind] of [
    [person.body.id, 'user'],
    [group.body.id, 'group']
  ])
    t.match(await rowOf(gateway, id), { recipient_kind: kind })
})

t.test('what cannot be sent is refused with where and why, stores nothing, and tells no number back', async (t) => {
  const gateway = await openGateway(t)
  const hour = 3_600_000
  const at = (ms: number): string => new Date(Date.now() + ms).toISOString()
  const cases: [changes: object, pointers: string[]][] = [
    [{ to: '0170 1234567' }, ['/to']],
    [{ to: '+49 170 ABC' }, ['/to']],
    [{ to: '' }, ['/to']],
    [{ to: 491700000001 }, ['/to']],
    [{ to: undefined }, ['/to']],
    [{ type: 'text', text: undefined }, ['/text']],
    [{ send_at: at(400 * 24 * hour) }, ['/send_at']],
    [{ send_at: 'tomorrow' }, ['/send_at']],
    [{ expires_at: at(-hour) }, ['/expires_at']],
    [{ send_at: at(2 * hour), expires_at: at(hour) }, ['/expires_at']]
  ]
  for (const [changes, pointers] of cases) {
    const answer = await post(gateway, changes)
    t.equal(answer.status, 400, JSON.stringify(changes))
    t.match(answer.headers['content-type'], /^application\/problem\+json/)
    t.match(answer.body, { code: 'invalid_message', status: 400, title: /./, detail: /cannot be sent/ })
    t.strictSame(
      answer.body.errors.map(({ pointer }: { pointer: string }) => pointer),
      pointers
    )
    t.notMatch(answer.text, /0170|49 ?170/)
  }
  for (const payload of ['', '[]', '"x"', 'null', '{', '{"a":1', `${'['.repeat(300)}${']'.repeat(300)}`]) {
    const headers = { 'content-type': 'application/json' }
    const answer = await call(gateway, '', { method: 'POST', headers, payload })
    t.equal(answer.status, 400, payload)
    t.match(answer.body, { code: /^(bad_request|invalid_message)$/ })
  }
  t.equal(await countMessages(gateway), 0)
})

t.test('a message is sent from a number of one’s own that can send', async (t) => {
  const gateway = await openGateway(t)
  const stranger = await addStranger(gateway.db)
  const second = '106540352242923'
  await gateway.db.insertInto('phone_numbers').values({ tenant_id: tenantId, id: '106540352242999' }).execute()
  for (const from of [stranger.phoneNumberId, '106540352242999', '1', second]) {
    const answer = await post(gateway, { from })
    t.equal(answer.status, 404, from)
    t.match(answer.body, { code: 'number_not_found', errors: [{ pointer: '/from' }] })
  }
  t.match(await post(gateway), { status: 202, body: { from: phoneNumberId } }, 'the default number')
  await saveDefaultNumber(gateway.db, { id: second, tenantId }, 'a token', encryptionKey)
  await eventually(async () => (await post(gateway, { from: second })).status === 202)
  t.match(await post(gateway, { from: phoneNumberId }), { status: 202, body: { from: phoneNumberId } })
  await gateway.db.updateTable('phone_numbers').set({ is_default: false }).execute()
  await eventually(async () => (await post(gateway)).body.errors?.[0]?.pointer === '/from')
})

t.test('with Prefer: wait the answer is 200 as soon as Meta has answered, also where it refused', async (t) => {
  const gateway = await openGateway(t)
  const taken = post(gateway, {}, { prefer: 'wait=20' })
  const id = await endSend(gateway, { kind: 'sent', wamid: 'wamid.taken' })
  const answer = await taken
  t.match(answer, { status: 200, headers: { location: `/v1/messages/${id}`, 'preference-applied': 'wait=20' } })
  t.match(answer.body, { id, wamid: 'wamid.taken', status: 'sent' })
  const refused = post(gateway, {}, { prefer: 'respond-async, wait=20' })
  await endSend(gateway, { kind: 'failed', error: { code: 131047, message: 'Re-engagement message', details: 'More' } })
  const failure = await refused
  t.equal(failure.status, 200)
  t.match(failure.body, {
    status: 'failed',
    error: { code: 131047, message: 'Re-engagement message', details: 'More' }
  })
  t.match(failure.body.error.advice, /./)
})

t.test(
  'that Meta’s answer was lost is told at once, as 202 and unknown, also to who repeats the request',
  async (t) => {
    const gateway = await openGateway(t)
    const waiting = { 'idempotency-key': 'k', prefer: 'wait=60' }
    const lost = post(gateway, {}, waiting)
    const id = await endSend(gateway, { kind: 'unknown', error: { message: 'lost' } })
    const unknown = { id, status: 'unknown', error: { message: 'lost' } }
    t.match(await lost, { status: 202, headers: { location: `/v1/messages/${id}` }, body: unknown })
    t.match(await post(gateway, {}, waiting), { status: 202, body: unknown })
  }
)

t.test('when the time is up the answer is the message as it stands by then', async (t) => {
  const gateway = await openGateway(t)
  const headers = { 'idempotency-key': 'k', prefer: 'wait=2' }
  const waiting = post(gateway, {}, headers)
  const { id } = await eventually(() => gateway.db.selectFrom('messages').select('id').executeTakeFirst())
  await gateway.db.updateTable('messages').set({ state: 'sending', claim: createId(), attempts: 1 }).execute()
  t.match(await waiting, { status: 202, body: { id, status: 'sending' } })
  t.match(await post(gateway, {}, { ...headers, prefer: 'wait=1' }), { status: 202, body: { id, status: 'sending' } })
  t.match(await post(gateway, {}, { 'idempotency-key': 'k' }), { status: 202, body: { id, status: 'queued' } })
})

t.test('when the time is up the answer is 202, and what waits for its time is not waited for', async (t) => {
  const gateway = await openGateway(t)
  const startedAt = performance.now()
  t.match(await post(gateway, {}, { prefer: 'wait=1' }), { status: 202, body: { status: 'queued' } })
  t.ok(performance.now() - startedAt >= 950)
  const send_at = new Date(Date.now() + 60_000).toISOString()
  const scheduled = await post(gateway, { send_at }, { prefer: 'wait=30' })
  t.match(scheduled, { status: 202, body: { status: 'scheduled', send_at } })
  for (const prefer of ['wait=x', 'wait', 'return=minimal']) {
    const answer = await post(gateway, {}, { prefer })
    t.equal(answer.status, 202)
    t.equal(answer.headers['preference-applied'], undefined)
  }
  const long = await post(gateway, { send_at }, { prefer: 'wait=999' })
  t.equal(long.headers['preference-applied'], 'wait=60')
})

t.test('a scheduled message waits for its time, and expires after it', async (t) => {
  const gateway = await openGateway(t, { SEND_EXPIRES_S: 60 })
  const sendAt = new Date(Date.now() + 3_600_000)
  const { body } = await post(gateway, { send_at: sendAt.toISOString() })
  t.match(body, { status: 'scheduled', expires_at: new Date(sendAt.getTime() + 60_000).toISOString() })
  t.match(await rowOf(gateway, body.id), { state: 'scheduled', due_at: sendAt, send_at: sendAt })
  t.match((await call(gateway, `/${body.id}`)).body.timeline, [{ state: 'scheduled', at: body.created_at }])
  const own = new Date(Date.now() + 7_200_000).toISOString()
  t.match((await post(gateway, { expires_at: own })).body, { status: 'queued', expires_at: own })
})

t.test('the id that an original route answers is found', async (t) => {
  const gateway = await openGateway(t, { SEND_WAIT_MS: 10 })
  const payload = { to_phone_number: to, template_name: 'hello' }
  const headers = { authorization: (await import('../open.ts')).authorization }
  const template = await gateway.app.inject({ method: 'POST', url: '/send-template-message/', headers, payload })
  const id = /message ([0-9a-f-]{36})/.exec(template.json().message)?.[1]
  t.match(await call(gateway, `/${id}`), { status: 200, body: { id, type: 'template', to } })
})

t.test('another tenant’s messages do not exist, whatever is asked of them', async (t) => {
  const gateway = await openGateway(t)
  const { tenantId: stranger } = await addStranger(gateway.db)
  const { body } = await post(gateway)
  await gateway.db.deleteFrom('messages').execute()
  const { db } = gateway
  const [contact] = await db
    .insertInto('contacts')
    .values({ tenant_id: stranger, wa_id: '1', user_id: null, group_id: null, profile_at: null })
    .returning('id')
    .execute()
  const theirs = { tenant_id: stranger, direction: 'out' as const, phone_number_id: '1', contact_id: contact?.id ?? 0 }
  const id = createId()
  await db
    .insertInto('messages')
    .values({ ...theirs, id, state: 'queued', type: 'text', content: '{}', at: new Date(), due_at: new Date() })
    .execute()
  for (const unknown of [id, body.id, createId(), 'x', '%00', "'", 'wamid.HBg', `${id}x`]) {
    for (const [path, method] of [
      ['', 'GET'],
      ['', 'DELETE'],
      ['/resend', 'POST'],
      ['/read', 'POST']
    ] as const) {
      const answer = await call(gateway, `/${unknown}${path}`, { method })
      t.equal(answer.status, 404, `${method} ${unknown}${path}`)
      t.match(answer.body, { code: 'message_not_found', status: 404 })
    }
  }
  t.match((await rowOf(gateway, id)).state, 'queued')
})
