import t from 'tap'
import { itemsOf, startSimulator, text } from './start.ts'

const other = { ...text, to: '+491712345679' }

t.test('an error is given to what matches, as often as was asked', async (t) => {
  const { send, control } = await startSimulator(t)
  const fault = { kind: 'error', code: 130429, details: 'Slow down', match: { to: '491712345678' }, times: 2 }
  t.match((await control('POST', 'faults', fault)).body, { id: 1, left: 2 })
  t.equal((await send(other)).status, 200)
  for (let n = 0; n < 2; n++) {
    const { status, body } = await send(text)
    t.equal(status, 400)
    t.match(body.error, { message: '(#130429) Rate limit hit', code: 130429, error_data: { details: 'Slow down' } })
  }
  t.equal((await send(text)).status, 200)
  t.strictSame((await control('GET', 'faults')).body, { faults: [] })
  t.match((await control('GET', 'stats')).body, { accepted: 2, refused: { '130429': 2 } })
})

t.test('a code can be answered always, for one template alone', async (t) => {
  const { send, control } = await startSimulator(t)
  const template = (name: string) => ({ to: text.to, type: 'template', template: { name, language: { code: 'de' } } })
  const fault = { kind: 'error', code: 132015, details: 'Paused', match: { template: 'paused_one' }, times: null }
  await control('POST', 'faults', fault)
  for (let n = 0; n < 3; n++) {
    const { status, body } = await send(template('paused_one'))
    t.equal(status, 400)
    t.match(body.error, { code: 132015, error_data: { messaging_product: 'whatsapp', details: 'Paused' } })
  }
  t.equal((await send(template('other_one'))).status, 200)
  t.equal((await send(text)).status, 200)
})

t.test('any other answer can be ordered', async (t) => {
  const { send, control } = await startSimulator(t)
  await control('POST', 'faults', {
    kind: 'http',
    status: 502,
    body: '<h1>Bad Gateway</h1>',
    content_type: 'text/html'
  })
  t.match(await send(text), { status: 502, text: '<h1>Bad Gateway</h1>', body: undefined })
  await control('POST', 'faults', { kind: 'error', code: 131000, http_status: 503, message: 'Oh' })
  t.match(await send(text), { status: 503, body: { error: { message: '(#131000) Oh' } } })
})

t.test('latency delays the answer and the statuses', async (t) => {
  const { send, control, flush, hooks } = await startSimulator(t)
  await control('POST', 'faults', { kind: 'latency', ms: 150 })
  const startMs = performance.now()
  t.equal((await send(text)).status, 200)
  const tookMs = performance.now() - startMs
  t.ok(tookMs >= 148, `took ${tookMs} ms`)
  await flush()
  t.ok(Number(hooks[0]?.atMs) - startMs >= 148)
})

t.test('a cut connection: with accept_then_drop statuses come, with drop nothing was accepted', async (t) => {
  const { send, control, flush, hooks } = await startSimulator(t)
  await control('POST', 'faults', { kind: 'drop' })
  await t.rejects(send({ ...text, biz_opaque_callback_data: 'dropped' }))
  await control('POST', 'faults', { kind: 'accept_then_drop' })
  await t.rejects(send({ ...text, biz_opaque_callback_data: 'taken' }))
  await flush()
  const seen = itemsOf(hooks, 'statuses').map((item) => [item.status, item.biz_opaque_callback_data])
  t.strictSame(seen, [
    ['sent', 'taken'],
    ['delivered', 'taken'],
    ['read', 'taken']
  ])
  t.match((await control('GET', 'stats')).body, { accepted: 1, cut: 2 })
})

t.test('a hanging answer is cut in the end, accepted or not', async (t) => {
  const { send, control } = await startSimulator(t)
  for (const accept of [true, false]) {
    await control('POST', 'faults', { kind: 'hang', ms: 80, accept })
    const startMs = performance.now()
    await t.rejects(send(text))
    t.ok(performance.now() - startMs >= 78)
    t.match((await control('GET', 'stats')).body, { accepted: 1 })
  }
})

t.test('closing does not wait for an answer that hangs', async (t) => {
  const { send, control } = await startSimulator(t)
  await control('POST', 'faults', { kind: 'hang', ms: 60_000, accept: true })
  void send(text).catch(() => undefined)
  for (let accepted = 0; accepted === 0; ) accepted = (await control('GET', 'stats')).body.accepted
})

t.test('webhooks come twice', async (t) => {
  const { send, control, flush, hooks } = await startSimulator(t)
  await control('POST', 'faults', { kind: 'duplicate_webhooks', match: { status: 'delivered' } })
  await send(text)
  await flush()
  const words = itemsOf(hooks, 'statuses').map(({ status }) => status)
  t.strictSame(words, ['sent', 'delivered', 'delivered', 'read'])
})

t.test('webhooks come in reverse, with the times they would have had', async (t) => {
  const { send, control, flush, hooks } = await startSimulator(t, { config: { SIMULATOR_READ_DELAY_MS: 1200 } })
  await control('POST', 'faults', { kind: 'reorder_webhooks' })
  await send(text)
  await flush()
  const statuses = itemsOf(hooks, 'statuses')
  t.strictSame(
    statuses.map(({ status }) => status),
    ['read', 'delivered', 'sent']
  )
  t.ok(Number(statuses[0]?.timestamp) > Number(statuses[2]?.timestamp))
  await control('POST', 'faults', { kind: 'reorder_webhooks' })
  const { body } = await control('POST', 'messages', { from: '491712345678', count: 5 })
  await flush()
  t.strictSame(
    itemsOf(hooks, 'messages').map(({ id }) => id),
    body.wamids.toReversed()
  )
})

t.test('webhooks come in one body, at the latest after a second', async (t) => {
  const { send, control, flush, hooks } = await startSimulator(t)
  await control('POST', 'faults', { kind: 'batch_webhooks', size: 4, times: null })
  for (const request of [text, other]) await send(request)
  await flush()
  t.strictSame(
    hooks.map((hook) => itemsOf([hook], 'statuses').length),
    [4, 2]
  )
})

t.test('webhooks are held until they are released', async (t) => {
  const { send, control, flush, hooks } = await startSimulator(t)
  await control('POST', 'faults', { kind: 'hold_webhooks', match: { to: '491712345678' } })
  for (const request of [text, other]) await send(request)
  await flush()
  t.equal(hooks.length, 3)
  t.match((await control('GET', 'stats')).body, { updates_held: 3 })
  t.strictSame((await control('POST', 'webhooks/release')).body, { released: 3 })
  await flush()
  t.equal(hooks.length, 6)
})

t.test('webhooks are lost', async (t) => {
  const { send, control, flush, hooks } = await startSimulator(t)
  await control('POST', 'faults', { kind: 'lose_webhooks', match: { status: 'sent' } })
  await send(text)
  await flush()
  t.strictSame(
    itemsOf(hooks, 'statuses').map(({ status }) => status),
    ['delivered', 'read']
  )
  t.match((await control('GET', 'stats')).body, { webhooks_lost: 1 })
})

t.test('an accepted message can fail', async (t) => {
  const { send, control, flush, hooks } = await startSimulator(t)
  await control('POST', 'faults', { kind: 'fail_status', code: 131026 })
  t.equal((await send(text)).status, 200)
  await flush()
  const title = 'Message undeliverable'
  t.match(itemsOf(hooks, 'statuses'), [{ status: 'failed', errors: [{ code: 131026, title, error_data: {} }] }])
  t.equal(hooks.length, 1)
})

t.test('which messages a probability hits follows from the seed', async (t) => {
  const hits = async (seed: number) => {
    const { send, control } = await startSimulator(t, { config: { SIMULATOR_SEED: seed } })
    await control('POST', 'settings', { statuses: false })
    await control('POST', 'faults', { kind: 'error', code: 131016, probability: 0.3, times: null })
    const statuses: number[] = []
    for (let n = 0; n < 60; n++) statuses.push((await send(text)).status)
    return statuses.map((status) => (status === 200 ? '.' : 'x')).join('')
  }
  const [first, again, another] = [await hits(3), await hits(3), await hits(4)]
  t.equal(first, again)
  t.not(first, another)
  const count = first.split('x').length - 1
  t.ok(count > 8 && count < 30, `${count} of 60 hit`)
})

t.test('a fault that is none is refused, one that is removed is gone', async (t) => {
  const { send, control } = await startSimulator(t)
  t.equal((await control('POST', 'faults', { kind: 'error' })).status, 400)
  t.equal((await control('POST', 'faults', { kind: 'drop', time: 3 })).status, 400)
  const { body } = await control('POST', 'faults', { kind: 'drop', times: null })
  t.equal((await control('DELETE', `faults/${body.id}`)).status, 204)
  t.equal((await control('DELETE', `faults/${body.id}`)).status, 404)
  t.equal((await send(text)).status, 200)
})
