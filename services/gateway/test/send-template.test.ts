import { listContacts } from '@wag/db'
import t from 'tap'
import { authorization, endSend, type Gateway, openGateway, tenantId } from './open.ts'

const headers = { authorization }
const recipient = '+49 170 0000001'

function send({ app }: Gateway, payload: object, url = '/send-template-message/') {
  return app.inject({ method: 'POST', url, headers, payload })
}

t.test('a template that Meta took is a success, with or without a slash, also to somebody new', async (t) => {
  const gateway = await openGateway(t)
  for (const url of ['/send-template-message/', '/send-template-message']) {
    const answering = send(gateway, { to_phone_number: recipient, template_name: 'Hello World' }, url)
    const id = await endSend(gateway, { kind: 'sent', wamid: 'wamid.template' })
    const answer = await answering
    t.equal(answer.statusCode, 200)
    t.strictSame(answer.json(), { status: 'success', message: 'Message sent successfully!' })
    const row = await gateway.db.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    t.equal(row.recipient, '491700000001')
    t.strictSame(row.content, {
      type: 'template',
      template: { name: 'hello_world', language: { code: 'en_US' } }
    })
  }
  t.match(await listContacts(gateway.db, tenantId, 0, 10), [{ waId: '491700000001' }])
})

t.test('the language is the one asked for', async (t) => {
  const gateway = await openGateway(t, { SEND_WAIT_MS: 0 })
  for (const [given, code] of [
    ['de', 'de'],
    ['pt_BR', 'pt_BR'],
    ['', 'en_US'],
    [' fr ', 'fr']
  ]) {
    await send(gateway, { to_phone_number: recipient, template_name: 'a', language_code: given })
    const rows = await gateway.db.selectFrom('messages').select('content').orderBy('id', 'desc').limit(1).execute()
    t.match(rows[0]?.content, { template: { language: { code } } })
  }
})

t.test('what Meta refuses is 400 with Meta’s words', async (t) => {
  const gateway = await openGateway(t)
  const answering = send(gateway, { to_phone_number: recipient, template_name: 'a' })
  await endSend(gateway, { kind: 'failed', error: { code: 132001, message: 'Template name does not exist' } })
  const answer = await answering
  t.equal(answer.statusCode, 400)
  t.strictSame(answer.json(), { status: 'error', message: 'Template name does not exist' })
})

t.test('when time is up the answer is 202 and names our id', async (t) => {
  const gateway = await openGateway(t, { SEND_WAIT_MS: 10 })
  const answer = await send(gateway, { to_phone_number: recipient, template_name: 'a' })
  t.equal(answer.statusCode, 202)
  const id = await endSend(gateway, { kind: 'sent', wamid: 'wamid.x' })
  t.match(answer.json(), { status: 'queued', message: new RegExp(id) })
})

t.test('that Meta’s answer was lost is told as 202 when time is up', async (t) => {
  const gateway = await openGateway(t, { SEND_WAIT_MS: 1_500 })
  const answering = send(gateway, { to_phone_number: recipient, template_name: 'a' })
  const id = await endSend(gateway, { kind: 'unknown', error: { message: 'lost' } })
  const answer = await answering
  t.equal(answer.statusCode, 202)
  t.match(answer.json(), { status: 'unknown', message: new RegExp(`may have been sent.*${id}`) })
})

t.test('whoever repeats a request whose message was not sent is told so', async (t) => {
  const gateway = await openGateway(t, { SEND_WAIT_MS: 10 })
  const repeated = () =>
    gateway.app.inject({
      method: 'POST',
      url: '/send-template-message/',
      headers: { ...headers, 'idempotency-key': 'k' },
      payload: { to_phone_number: recipient, template_name: 'a' }
    })
  t.match((await repeated()).json(), { status: 'queued' })
  const id = await endSend(gateway, { kind: 'expired' })
  const answer = await repeated()
  t.equal(answer.statusCode, 202)
  t.match(answer.json(), { status: 'expired', message: new RegExp(`not sent.*${id}`) })
})

t.test('what cannot be sent is 400, and nothing is accepted', async (t) => {
  const gateway = await openGateway(t)
  const cases: [payload: object, message: RegExp][] = [
    [{}, /to_phone_number/],
    [{ to_phone_number: recipient }, /template_name/],
    [{ template_name: 'a' }, /to_phone_number/],
    [{ to_phone_number: '', template_name: 'a' }, /to_phone_number must be/],
    [{ to_phone_number: '0170123', template_name: 'a' }, /to_phone_number must be/],
    [{ to_phone_number: '1'.repeat(16), template_name: 'a' }, /to_phone_number must be/],
    [{ to_phone_number: recipient, template_name: '' }, /template_name must/],
    [{ to_phone_number: recipient, template_name: 'a/b' }, /template_name must/],
    [{ to_phone_number: recipient, template_name: 'é' }, /template_name must/],
    [{ to_phone_number: recipient, template_name: 'a'.repeat(513) }, /template_name must/],
    [{ to_phone_number: recipient, template_name: 'a', language_code: 'english please' }, /language_code must/],
    [{ to_phone_number: recipient, template_name: 'a', language_code: 7 }, /language_code/]
  ]
  for (const [payload, message] of cases) {
    const answer = await send(gateway, payload)
    t.equal(answer.statusCode, 400, JSON.stringify(payload).slice(0, 70))
    t.match(answer.json(), { status: 'error', message })
  }
  t.strictSame(await gateway.db.selectFrom('messages').select('id').execute(), [])
})

t.test('a tenant without a number cannot send, and is told so', async (t) => {
  const gateway = await openGateway(t)
  await gateway.db.updateTable('phone_numbers').set({ is_default: false }).execute()
  const answer = await send(gateway, { to_phone_number: recipient, template_name: 'a' })
  t.equal(answer.statusCode, 400)
  t.match(answer.json(), { message: /phone number/ })
})
