import { isId } from '@wag/contracts'
import t from 'tap'
import { addContact, authorization, endSend, type Gateway, openGateway } from './open.ts'

const to = '491700000001'
const headers = { authorization }

function send({ app }: Gateway, contact: number | string, payload: unknown, slash = '/') {
  return app.inject({ method: 'POST', url: `/${contact}/send_message${slash}`, headers, payload: payload as object })
}

async function messageCount({ db }: Gateway): Promise<number> {
  return (await db.selectFrom('messages').select('id').execute()).length
}

t.test('a message that Meta took is answered with its wamid, with or without a slash', async (t) => {
  const gateway = await openGateway(t)
  const id = await addContact(gateway, to)
  await endSend(gateway, { kind: 'sent', wamid: 'wamid.first' })
  for (const slash of ['/', '']) {
    const answering = send(gateway, id, { to, type: 'text', body: 'Hello é 🙂' }, slash)
    const startedAt = performance.now()
    await endSend(gateway, { kind: 'sent', wamid: `wamid.slash${slash}` })
    const answer = await answering
    t.equal(answer.statusCode, 200)
    t.strictSame(answer.json(), {
      message_id: `wamid.slash${slash}`,
      contact: to,
      message_type: 'text',
      body: 'Hello é 🙂',
      link: '',
      status: 'sent'
    })
    t.ok(performance.now() - startedAt < 3_000, 'as soon as it is known')
  }
})

t.test('images and documents carry their link, caption and file name', async (t) => {
  const gateway = await openGateway(t)
  const id = await addContact(gateway, to)
  await endSend(gateway, { kind: 'sent', wamid: 'wamid.first' })
  const link = 'https://example.com/a%20file.pdf?x=1'
  const cases = [
    [{ type: 'image', link, caption: 'A caption' }, { image: { link, caption: 'A caption' } }, 'A caption'],
    [{ type: 'image', link }, { image: { link } }, ''],
    [{ type: 'document', link, filename: 'a.pdf' }, { document: { link, filename: 'a.pdf' } }, '']
  ] as const
  for (const [body, part, shown] of cases) {
    const answering = send(gateway, id, { to, ...body })
    const messageId = await endSend(gateway, { kind: 'sent', wamid: 'wamid.media' })
    const answer = await answering
    t.equal(answer.statusCode, 200)
    t.match(answer.json(), { message_type: body.type, link, body: shown, status: 'sent' })
    const row = await gateway.db.selectFrom('messages').select('content').where('id', '=', messageId).executeTakeFirst()
    t.strictSame(row?.content, { type: body.type, ...part })
  }
})

t.test('what Meta refuses is 400 with Meta’s words', async (t) => {
  const gateway = await openGateway(t)
  const id = await addContact(gateway, to)
  await endSend(gateway, { kind: 'sent', wamid: 'wamid.first' })
  const answering = send(gateway, id, { to, type: 'text', body: 'x' })
  await endSend(gateway, { kind: 'failed', error: { code: 131047, message: 'Re-engagement message' } })
  const answer = await answering
  t.equal(answer.statusCode, 400)
  t.strictSame(answer.json(), { status: 'error', message: 'Re-engagement message' })
})

t.test('when time is up the answer is 202 with our own id and queued, and the message is still sent', async (t) => {
  const gateway = await openGateway(t, { SEND_WAIT_MS: 50 })
  const id = await addContact(gateway, to)
  const answer = await send(gateway, id, { to, type: 'text', body: 'later' })
  t.equal(answer.statusCode, 202)
  const { message_id, status } = answer.json()
  t.ok(isId(message_id))
  t.equal(status, 'queued')
  t.equal(await endSend(gateway, { kind: 'sent', wamid: 'wamid.later' }), message_id)
})

t.test('an outcome whose hint is lost is found in the ledger within about a second', async (t) => {
  const gateway = await openGateway(t, { SEND_WAIT_MS: 20_000 })
  const id = await addContact(gateway, to)
  await endSend(gateway, { kind: 'sent', wamid: 'wamid.first' })
  const answering = send(gateway, id, { to, type: 'text', body: 'x' })
  await endSend(gateway, { kind: 'sent', wamid: 'wamid.second' }, false)
  const startedAt = performance.now()
  t.equal((await answering).json().message_id, 'wamid.second')
  t.ok(performance.now() - startedAt < 2_500)
})

t.test('an outcome that nobody knows is waited for while there is time, and is no success', async (t) => {
  const gateway = await openGateway(t, { SEND_WAIT_MS: 1_500 })
  const id = await addContact(gateway, to)
  await endSend(gateway, { kind: 'sent', wamid: 'wamid.first' })
  const answering = send(gateway, id, { to, type: 'text', body: 'x' })
  await endSend(gateway, { kind: 'unknown', error: { message: 'lost' } })
  const answer = await answering
  t.equal(answer.statusCode, 202)
  t.equal(answer.json().status, 'unknown')
})

t.test('an unknown contact is 404 and nothing is accepted', async (t) => {
  const gateway = await openGateway(t)
  await addContact(gateway, to)
  for (const contact of [0, 99_999, '9'.repeat(15), '9'.repeat(40), '-1', '1.5', '0x1', 'abc', '%00', '1e3']) {
    const answer = await send(gateway, contact, { to, type: 'text', body: 'x' })
    t.equal(answer.statusCode, 404, String(contact))
    t.match(answer.json(), { status: 'error', message: 'Contact not found' })
  }
  t.equal(await messageCount(gateway), 1)
})

t.test('what cannot be sent is 400, names the field, and nothing is accepted', async (t) => {
  const gateway = await openGateway(t)
  const id = await addContact(gateway, to)
  const link = 'https://example.com/x'
  const cases: [payload: unknown, message: RegExp][] = [
    [{ type: 'text', body: 'x' }, /to/],
    [{ to, body: 'x' }, /type/],
    [{ to, type: 'video', link }, /text, image, document/],
    [{ to, type: 'text' }, /body is required/],
    [{ to, type: 'text', body: '' }, /body is required/],
    [{ to, type: 'text', body: 7 }, /body/],
    [{ to, type: 'text', body: 'x'.repeat(4097) }, /4096/],
    [{ to, type: 'image' }, /link is required/],
    [{ to, type: 'document', link: '' }, /link is required/],
    [{ to, type: 'image', link: 'file:///etc/passwd' }, /link must be/],
    [{ to, type: 'image', link: 'https://' }, /link must be/],
    [{ to, type: 'image', link: `${link}/${'x'.repeat(2048)}` }, /link must be/],
    [{ to, type: 'image', link, caption: 'x'.repeat(1025) }, /1024/],
    [{ to, type: 'document', link, filename: 'x'.repeat(241) }, /240/],
    [{ to: '491700000002', type: 'text', body: 'x' }, /not this contact/],
    [{ to: 'nonsense', type: 'text', body: 'x' }, /phone number/],
    [{ to: 491700000001, type: 'text', body: 'x' }, /to/],
    [[], /object/],
    [null, /./]
  ]
  for (const [payload, message] of cases) {
    const answer = await send(gateway, id, payload)
    t.equal(answer.statusCode, 400, JSON.stringify(payload)?.slice(0, 60))
    t.match(answer.json(), { status: 'error', message })
    t.notMatch(answer.body, to, 'no number is told back')
  }
  t.equal(await messageCount(gateway), 1)
})

t.test('a number counts as the contact’s however it is written', async (t) => {
  const gateway = await openGateway(t, { SEND_WAIT_MS: 0 })
  const id = await addContact(gateway, to)
  for (const written of ['+491700000001', '+49 170 000-0001', '00491700000001', '+49 (170) 0000001']) {
    const answer = await send(gateway, id, { to: written, type: 'text', body: 'x' })
    t.equal(answer.statusCode, 202, written)
    t.equal(answer.json().contact, to)
  }
})

t.test('a text of 4,096 characters, an emoji, a NUL and half a surrogate are taken as they are', async (t) => {
  const gateway = await openGateway(t, { SEND_WAIT_MS: 0 })
  const id = await addContact(gateway, to)
  for (const body of ['é'.repeat(4096), '👩‍👩‍👧‍👦', 'a\u0000b', 'half \ud83d']) {
    const payload = JSON.stringify({ to, type: 'text', body })
    const headers = { authorization, 'content-type': 'application/json' }
    const url = `/${id}/send_message/`
    const answer = await gateway.app.inject({ method: 'POST', url, headers, payload })
    t.equal(answer.statusCode, 202)
    const rows = await gateway.db.selectFrom('messages').select('content').orderBy('id', 'desc').limit(1).execute()
    t.strictSame(rows[0]?.content, { type: 'text', text: { body } })
  }
})

t.test('sends that arrive together are each accepted once', async (t) => {
  const gateway = await openGateway(t, { SEND_WAIT_MS: 0 })
  const id = await addContact(gateway, to)
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, index) => send(gateway, id, { to, type: 'text', body: `text ${index}` }))
  )
  const ids = new Set(answers.map((answer) => answer.json().message_id))
  t.equal(ids.size, 200)
  t.equal(await messageCount(gateway), 201)
})

t.test('a gateway that is closed lets everybody go who waits', async (t) => {
  const gateway = await openGateway(t, { SEND_WAIT_MS: 60_000 })
  const id = await addContact(gateway, to)
  await gateway.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = gateway.app.server.address() as { port: number }
  const answering = fetch(`http://127.0.0.1:${port}/${id}/send_message/`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ to, type: 'text', body: 'x' })
  })
  while ((await messageCount(gateway)) < 2) await new Promise((resolve) => setImmediate(resolve))
  const closing = gateway.app.close()
  const answer = await answering
  t.equal(answer.status, 202)
  await answer.text()
  await closing
})
