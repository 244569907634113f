import { createHmac } from 'node:crypto'
import t from 'tap'
import { changesOf, itemsOf, phoneNumberId, secret, startSimulator, text } from './start.ts'

t.test('webhooks are signed over the raw bytes, and escaped as Meta escapes', async (t) => {
  const { control, flush, hooks } = await startSimulator(t)
  const said = 'Grüße 😀 http://a/b <50% @me'
  await control('POST', 'messages', { from: '491712345678', profile_name: 'Zoë', text: said })
  await flush()
  const [hook] = hooks
  if (hook === undefined) throw new Error('no webhook came')
  const expected = `sha256=${createHmac('sha256', secret).update(hook.raw).digest('hex')}`
  t.equal(hook.headers['x-hub-signature-256'], expected)
  t.equal(hook.headers['content-type'], 'application/json')
  const raw = hook.raw.toString('latin1')
  t.match(raw, String.raw`Gr\u00fc\u00dfe \ud83d\ude00 http:\/\/a\/b \u003C50\u0025 \u0040me`)
  t.notMatch(raw, /[^\x20-\x7e]/)
  const [message] = itemsOf(hooks, 'messages')
  t.match(message, { from: '491712345678', type: 'text', text: { body: said }, id: /^wamid\./, timestamp: /^\d{10}$/ })
  const value = changesOf(hook.raw)[0]?.value
  t.match(value?.contacts, [{ profile: { name: 'Zoë' }, wa_id: '491712345678' }])
  t.match(value?.metadata, { phone_number_id: phoneNumberId, display_phone_number: /^\d+$/ })
})

t.test('a message is sent, delivered and read, in this order and when it is time', async (t) => {
  const delays = { SIMULATOR_SENT_DELAY_MS: 40, SIMULATOR_DELIVERED_DELAY_MS: 120, SIMULATOR_READ_DELAY_MS: 240 }
  const { send, flush, hooks } = await startSimulator(t, { config: delays })
  const startMs = performance.now()
  const { body } = await send({ ...text, biz_opaque_callback_data: 'ours' })
  await flush()
  const statuses = itemsOf(hooks, 'statuses')
  t.strictSame(
    statuses.map(({ status }) => status),
    ['sent', 'delivered', 'read']
  )
  for (const status of statuses) {
    const { id } = body.messages[0]
    t.match(status, { id, recipient_id: '491712345678', biz_opaque_callback_data: 'ours', timestamp: /^\d{10}$/ })
    t.notOk('conversation' in status, 'gone since v24.0')
  }
  t.match(statuses[0], { pricing: { pricing_model: 'PMP', category: 'service', billable: false } })
  t.notOk('pricing' in (statuses[2] ?? {}))
  const afterMs = hooks.map(({ atMs }) => atMs - startMs)
  for (const [n, due] of [40, 120, 240].entries())
    t.ok(Number(afterMs[n]) >= due * 0.9 - 2, `${afterMs[n]} >= 0.9 × ${due}`)
})

t.test('before v24.0 a status carries its conversation', async (t) => {
  const { send, flush, hooks } = await startSimulator(t, { config: { WHATSAPP_VERSION: 'v23.0' } })
  await send({ to: text.to, type: 'template', template: { name: 'summer', language: { code: 'de' } } })
  await flush()
  const [sent] = itemsOf(hooks, 'statuses')
  const conversation = { id: /^[0-9a-f]{32}$/, expiration_timestamp: /^\d+$/, origin: { type: 'marketing' } }
  t.match(sent, { conversation, pricing: { category: 'marketing', billable: true } })
})

t.test('a reaction only gets sent; nothing comes when statuses are off or never due', async (t) => {
  const { send, control, flush, hooks } = await startSimulator(t)
  await send({ to: text.to, type: 'reaction', reaction: { message_id: 'wamid.x', emoji: '👍' } })
  await flush()
  t.strictSame(
    itemsOf(hooks, 'statuses').map(({ status }) => status),
    ['sent']
  )
  await control('POST', 'settings', { read_delay_ms: null })
  await send(text)
  await flush()
  t.strictSame(
    itemsOf(hooks, 'statuses').map(({ status }) => status),
    ['sent', 'sent', 'delivered']
  )
  await control('POST', 'settings', { statuses: false })
  await send(text)
  await flush()
  t.equal(hooks.length, 3)
})

t.test('a webhook comes again until it is answered with exactly 200', async (t) => {
  const answers = [500, 204, 201, 404]
  const { control, flush, hooks } = await startSimulator(t, { answer: (n) => answers[n] ?? 200 })
  await control('POST', 'settings', { retry_base_ms: 10 })
  await control('POST', 'messages', { from: '491712345678' })
  t.match((await flush()).body, { flushed: true, pending: 0 })
  t.strictSame(
    hooks.map(({ statusCode }) => statusCode),
    [...answers, 200]
  )
  t.equal(new Set(hooks.map(({ raw }) => raw.toString())).size, 1, 'the same bytes each time')
  t.match((await control('GET', 'stats')).body, { webhooks_sent: 1, webhooks_failed: 4, updates_pending: 0 })
})

t.test('a webhook is given up in the end', async (t) => {
  const { control, flush, hooks } = await startSimulator(t, { answer: () => 503 })
  await control('POST', 'settings', { retry_base_ms: 1, retry_attempts: 3 })
  await control('POST', 'messages', { from: '491712345678' })
  t.match((await flush()).body, { flushed: true })
  t.equal(hooks.length, 3)
  t.match((await control('GET', 'stats')).body, { webhooks_given_up: 1 })
})

t.test('what is due together goes together when the settings say so', async (t) => {
  const { control, flush, hooks } = await startSimulator(t)
  await control('POST', 'settings', { webhook_batch_max: 50 })
  const { body } = await control('POST', 'messages', { from: '491712345678', count: 100 })
  await flush()
  t.equal(hooks.length, 2)
  t.strictSame(
    itemsOf(hooks, 'messages')
      .map(({ id }) => id)
      .toSorted(),
    body.wamids.toSorted()
  )
})

t.test('any body can be sent, signed well, badly or not at all', async (t) => {
  const { control, hooks } = await startSimulator(t, { answer: (n) => [200, 401, 400][n] ?? 200 })
  t.strictSame((await control('POST', 'webhooks', { body: { a: 'ä' } })).body, { status: 200, body: 'OK' })
  t.match((await control('POST', 'webhooks', { raw: '{"a":"ä"', signature: 'wrong' })).body, { status: 401 })
  t.match((await control('POST', 'webhooks', { raw_base64: '/w==', signature: 'none' })).body, { status: 400 })
  t.strictSame(
    hooks.map(({ raw }) => raw.toString('base64')),
    ['{"a":"\\u00e4"}', '{"a":"ä"', '\xff'].map(encode)
  )
  const isValid = hooks.map(({ headers, raw }) => {
    return headers['x-hub-signature-256'] === `sha256=${createHmac('sha256', secret).update(raw).digest('hex')}`
  })
  t.strictSame(isValid, [true, false, false])
  t.notOk(hooks[2]?.headers['x-hub-signature-256'])
})

function encode(text: string): string {
  return Buffer.from(text, text === '\xff' ? 'latin1' : 'utf8').toString('base64')
}

t.test('a phone can write anything, also the same message twice', async (t) => {
  const { control, flush, hooks } = await startSimulator(t)
  const message = { id: 'wamid.same', type: 'order', order: { catalog_id: '1' }, timestamp: '1700000000' }
  for (let n = 0; n < 2; n++) await control('POST', 'messages', { from: '491712345678', message })
  await flush()
  for (const item of itemsOf(hooks, 'messages')) t.match(item, { from: '491712345678', ...message })
  t.equal(hooks.length, 2)
  t.equal((await control('POST', 'messages', { from: '1', phone_number_id: '9' })).status, 400)
  t.equal((await control('POST', 'messages', { from: '491712345678', phone_number_id: '9' })).status, 404)
})
