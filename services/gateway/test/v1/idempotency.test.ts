import { createId } from '@wag/contracts'
import { acceptMessages } from '@wag/db'
import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { acceptText, authorization, endSend, type Gateway, openGateway, tenantId } from '../open.ts'
import { addStranger, call, countMessages, post, postAndEnd, rowOf, text, to } from './api.ts'

const key = (name: string) => ({ 'idempotency-key': name })

t.test('100 requests at once with one key, over two gateways, are one message with equal answers', async (t) => {
  const one = await openGateway(t)
  const two: Gateway = { ...one, app: await buildApp(one.config) }
  t.teardown(() => two.app.close())
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      post(index % 2 === 0 ? one : two, { metadata: { a: 1, b: 2 } }, key('"k-1"'))
    )
  )
  t.equal(await countMessages(one), 1)
  t.equal((await one.db.selectFrom('idempotency_keys').select('key').execute()).length, 1)
  for (const { status, body, headers } of answers) {
    t.equal(status, 202)
    t.strictSame(body, answers[0]?.body)
    t.equal(headers.location, answers[0]?.headers.location)
  }
  t.equal(answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true').length, 99)
})

t.test('the first answer comes again when it was lost: the gateway ended after its commit', async (t) => {
  const one = await openGateway(t)
  const lost = await post(one, {}, key('lost'))
  await one.app.close()
  const two: Gateway = { ...one, app: await buildApp(one.config) }
  t.teardown(() => two.app.close())
  const again = await post(two, {}, key('lost'))
  t.strictSame(again.body, lost.body)
  t.equal(again.headers['idempotent-replayed'], 'true')
  t.equal(await countMessages(one), 1)
})

t.test('the answer stays the first one when the message has gone on, and waits for it on request', async (t) => {
  const gateway = await openGateway(t)
  const first = await post(gateway, {}, key('k'))
  const waiting = post(gateway, {}, { ...key('k'), prefer: 'wait=20' })
  const id = await endSend(gateway, { kind: 'sent', wamid: 'wamid.k' })
  t.match(await waiting, { status: 200, body: { id, status: 'sent', wamid: 'wamid.k' } })
  t.strictSame((await post(gateway, {}, key('k'))).body, first.body)
  t.match(await post(gateway, {}, { ...key('k'), prefer: 'wait=20' }), { status: 200, body: { id, status: 'sent' } })
})

t.test('the same body in another order and with other spaces is the same; anything else is 422', async (t) => {
  const gateway = await openGateway(t)
  const headers = { ...key('k'), 'content-type': 'application/json' }
  const send = (payload: string, path = '') => call(gateway, path, { method: 'POST', headers, payload })
  const first = await send(`{"to":"${to}","type":"text","text":{"body":"a","preview_url":true}}`)
  t.equal(first.status, 202)
  const same = await send(` { "type":"text", "text":{"preview_url":true, "body":"a"},\n "to":"${to}" }`)
  t.strictSame(same.body, first.body)
  const others = [
    `{"to":"${to}","type":"text","text":{"body":"b","preview_url":true}}`,
    `{"to":"${to}","type":"text","text":{"body":"a"}}`,
    `{"to":"+491700000002","type":"text","text":{"body":"a","preview_url":true}}`,
    '{"to":"nonsense"}'
  ]
  for (const other of others) {
    t.match(await send(other), { status: 422, body: { code: 'idempotency_mismatch' } }, other)
  }
  const batch = await send(`{"messages":[{"to":"${to}","type":"text","text":{"body":"a"}}]}`, '/batch')
  t.match(batch, { status: 422 }, 'of another route')
  t.equal(await countMessages(gateway), 1)
})

t.test('a key is free while nothing was accepted with it', async (t) => {
  const gateway = await openGateway(t)
  t.equal((await post(gateway, { to: 'nonsense' }, key('k'))).status, 400)
  t.equal((await post(gateway, {}, key('k'))).status, 202)
})

t.test('a repeated request that would be refused by now still gets its answer', async (t) => {
  const gateway = await openGateway(t)
  const expires_at = new Date(Date.now() + 700).toISOString()
  const first = await post(gateway, { expires_at }, key('k'))
  t.equal(first.status, 202)
  await new Promise((resolve) => setTimeout(resolve, 800))
  t.equal((await post(gateway, { expires_at })).status, 400)
  const again = await post(gateway, { expires_at }, key('k'))
  t.match(again, { status: 202, headers: { 'idempotent-replayed': 'true' } })
  t.strictSame(again.body, first.body)
})

t.test('a key is 1 to 255 printable characters, quoted or bare, and means the same in both', async (t) => {
  const gateway = await openGateway(t)
  const long = 'k'.repeat(255)
  for (const [one, same] of [
    ['"a"', 'a'],
    ['"with \\"quotes\\""', 'with "quotes"'],
    [long, `"${long}"`],
    ['8e03978e-40d5-43e8-bc93-6894a57f9324', '"8e03978e-40d5-43e8-bc93-6894a57f9324"']
  ] as const) {
    const first = await post(gateway, {}, key(one))
    t.equal(first.status, 202)
    t.equal((await post(gateway, {}, key(same))).body.id, first.body.id)
  }
  for (const bad of ['', '""', '"open', 'k'.repeat(256), '"a"; b=1', 'é']) {
    t.match(await post(gateway, {}, key(bad)), { status: 400, body: { code: 'bad_request' } }, JSON.stringify(bad))
  }
})

t.test('keys are their tenant’s own', async (t) => {
  const gateway = await openGateway(t)
  const stranger = await addStranger(gateway.db)
  const theirs = { key: 'k', fingerprint: Buffer.alloc(32) }
  await acceptMessages(gateway.db, [{ id: createId(), tenantId: stranger.tenantId, messages: [], idempotency: theirs }])
  t.equal((await post(gateway, {}, key('k'))).status, 202)
})

t.test('original routes take keys: one message, one answer, and 422 in their own shape', async (t) => {
  const gateway = await openGateway(t, { SEND_WAIT_MS: 10_000 })
  await acceptText(gateway.db, to.slice(1), createId())
  await endSend(gateway, { kind: 'sent', wamid: 'wamid.first' })
  const { contact_id: contact } = await gateway.db.selectFrom('messages').selectAll().executeTakeFirstOrThrow()
  const cases = [
    [
      '/send-template-message/',
      { to_phone_number: to, template_name: 'a' },
      { to_phone_number: to, template_name: 'b' }
    ],
    [`/${contact}/send_message/`, { to, type: 'text', body: 'a' }, { to, type: 'text', body: 'b' }]
  ] as const
  for (const [url, body, other] of cases) {
    const headers = { authorization, ...key(`k ${url}`) }
    const send = (payload: object) => gateway.app.inject({ method: 'POST', url, headers, payload })
    const before = await countMessages(gateway)
    const sends = [send(body), send(body), send(body)]
    await endSend(gateway, { kind: 'sent', wamid: `wamid.${url}` })
    const answers = await Promise.all([...sends, send(body)])
    for (const answer of answers) {
      t.equal(answer.statusCode, 200)
      t.strictSame(answer.json(), answers[0]?.json())
    }
    t.equal(answers.filter((answer) => answer.headers['idempotent-replayed'] === 'true').length, 3)
    const refused = await send(other)
    t.equal(refused.statusCode, 422)
    t.match(refused.json(), { status: 'error', message: /Idempotency-Key/ })
    t.equal(await countMessages(gateway), before + 1)
  }
})

t.test('a batch and a resend have keys too', async (t) => {
  const gateway = await openGateway(t)
  const payload = {
    messages: [
      { to, ...text },
      { to: 'x', ...text },
      { to, ...text }
    ]
  }
  const batch = () => call(gateway, '/batch', { method: 'POST', headers: key('b'), payload })
  const answers = await Promise.all(Array.from({ length: 20 }, batch))
  for (const { status, body } of answers) {
    t.equal(status, 202)
    t.strictSame(body, answers[0]?.body)
  }
  t.equal(await countMessages(gateway), 2)
  const failed = await postAndEnd(gateway, { kind: 'failed', code: 131026 })
  const resend = () => call(gateway, `/${failed}/resend`, { method: 'POST', headers: key('r') })
  const again = await Promise.all(Array.from({ length: 20 }, resend))
  for (const { status, body } of again) {
    t.equal(status, 202)
    t.strictSame(body, again[0]?.body)
  }
  t.equal((await rowOf(gateway, again[0]?.body.id)).resend_of, failed)
  t.equal(await countMessages(gateway), 4)
})

t.test('a key that is kept holds nothing of what was sent', async (t) => {
  const gateway = await openGateway(t)
  await post(gateway, { text: { body: 'canary' }, metadata: { a: 'canary' } }, key('k'))
  await call(gateway, '/batch', { method: 'POST', headers: key('b'), payload: { messages: [{ to, ...text }, {}] } })
  const rows = await gateway.db.selectFrom('idempotency_keys').selectAll().where('tenant_id', '=', tenantId).execute()
  t.equal(rows.length, 2)
  t.notMatch(JSON.stringify(rows), /canary|hello|49170/)
})
