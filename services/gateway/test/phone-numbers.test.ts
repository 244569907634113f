import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connectRedis, openPace, startWorker } from '@wag/bus'
import { createId, sendQueueName, defaultTenantId as tenantId } from '@wag/contracts'
import {
  acceptMessages,
  type Db,
  ensureTenant,
  hashToken,
  listPauses,
  loadAccessToken,
  pause,
  saveNumber
} from '@wag/db'
import { eventually, startTestRedis } from '@wag/testkit'
import t from 'tap'
import { apiKey, encryptionKey, type Gateway, openGateway, phoneNumberId } from './open.ts'

const path = '/v1/phone-numbers'
const error = { code: 131042, message: '(#131042) Business eligibility payment issue', details: 'No payment method' }

type Call = { method?: 'GET' | 'PUT' | 'PATCH' | 'POST'; key?: string; body?: object }

async function call({ app }: Gateway, url: string, { method = 'GET', key = apiKey, body }: Call = {}) {
  const payload = body === undefined ? {} : { payload: body }
  const answer = await app.inject({ method, url, headers: { authorization: `Bearer ${key}` }, ...payload })
  return { status: answer.statusCode, text: answer.body, body: answer.json(), headers: answer.headers }
}

async function addKey(db: Db, tenant: string, scopes: string[]): Promise<string> {
  const key = `key ${createId()}`
  const hash = createHash('sha256').update(key).digest()
  await db
    .insertInto('api_keys')
    .values({ tenant_id: tenant, id: createId(), name: key, hash, scopes, revoked_at: null })
    .execute()
  return key
}

t.test('a number is added, shown without its token, and changed', async (t) => {
  const gateway = await openGateway(t)
  const token = 'EAAGsecretToken'
  const body = { access_token: token, waba_id: '77', rate: 20 }
  const added = await call(gateway, `${path}/1234`, { method: 'PUT', body })
  t.equal(added.status, 201)
  const shown = {
    id: '1234',
    default: false,
    rate: 20,
    waba_id: '77',
    status: 'sending',
    pauses: [],
    throttle: null,
    queued: { otp: 0, normal: 0, bulk: 0 },
    oldest_due_at: null,
    unknown: 0
  }
  t.strictSame(added.body, shown)
  t.equal((await call(gateway, `${path}/1234`, { method: 'PUT', body })).status, 200)
  const changed = await call(gateway, `${path}/1234`, { method: 'PATCH', body: { rate: 1000 } })
  t.strictSame([changed.status, changed.body], [200, { ...shown, rate: 1000 }])
  const usual = await call(gateway, `${path}/1234`, { method: 'PATCH', body: { rate: null } })
  t.strictSame(usual.body, { ...shown, rate: null })
  const made = await call(gateway, `${path}/1234`, { method: 'PATCH', body: { default: true, access_token: 'other' } })
  t.strictSame(made.body, { ...shown, rate: null, default: true })
  t.equal(await loadAccessToken(gateway.db, { tenantId, id: '1234' }, encryptionKey), 'other')
  for (const answer of [added, changed, usual, made, await call(gateway, path)]) t.notMatch(answer.text, /EAAG|other/)
})

t.test('what cannot be is refused, and changes nothing', async (t) => {
  const gateway = await openGateway(t)
  const bodies: [Call['method'], string, object][] = [
    ['PUT', '1', {}],
    ['PUT', '1', { waba_id: '1' }],
    ['PUT', 'abc', { access_token: 'x' }],
    ['PUT', '1', { access_token: '' }],
    ['PUT', '1', { access_token: 'two words' }],
    ['PUT', '1', { access_token: 5 }],
    ['PUT', '1', { access_token: 'x', tenant_id: createId() }],
    ['PATCH', phoneNumberId, {}],
    ['PATCH', phoneNumberId, { rate: 0 }],
    ['PATCH', phoneNumberId, { rate: 10_001 }],
    ['PATCH', phoneNumberId, { rate: 1.5 }],
    ['PATCH', phoneNumberId, { rate: '80' }],
    ['PATCH', phoneNumberId, { waba_id: 'A' }],
    ['PATCH', phoneNumberId, { default: false }],
    ['PATCH', phoneNumberId, { status: 'sending' }],
    ['POST', `${phoneNumberId}/pause`, { reason: '' }],
    ['POST', `${phoneNumberId}/pause`, { until: 'tomorrow' }]
  ]
  for (const [method, id, body] of bodies) {
    const answer = await call(gateway, `${path}/${id}`, { ...(method && { method }), body })
    t.equal(answer.status, 400, `${method} ${id} ${JSON.stringify(body)}`)
    t.notMatch(answer.text, /two words/, 'a token is not repeated')
  }
  t.match((await call(gateway, path)).body, { phone_numbers: [{ id: phoneNumberId, rate: null, status: 'sending' }] })
  for (const id of ['1', 'abc', '%00']) t.equal((await call(gateway, `${path}/${id}`)).status, 404, id)
})

t.test('a number that gives way to Meta says for how long and how far, unless Redis is away', async (t) => {
  const server = await startTestRedis(t)
  const gateway = await openGateway(t, { REDIS_URL: server.url })
  const redis = connectRedis({ url: server.url, name: 'test', onError: () => undefined })
  t.teardown(() => redis.disconnect())
  await once(redis, 'ready')
  const pace = openPace({ redis, prefix: gateway.config.REDIS_PREFIX, onError: (error) => t.fail(error.message) })
  await pace.slow(phoneNumberId, 0.5, 60_000)
  const { throttle } = (await call(gateway, `${path}/${phoneNumberId}`)).body
  t.ok(throttle.share >= 0.5 && throttle.share < 0.9, `${throttle.share} of the rate`)
  const heldMs = Date.parse(throttle.until) - Date.now()
  t.ok(heldMs > 30_000 && heldMs <= 60_100, `held for ${heldMs} ms`)
  const listed = (await call(gateway, path)).body.phone_numbers[0]
  t.equal(listed.throttle.share >= 0.5, true, 'in the list, too')

  await server.stop()
  const { status, body } = await call(gateway, `${path}/${phoneNumberId}`)
  t.equal(status, 200)
  t.notOk('throttle' in body, 'nobody knows')
})

t.test('a paused number shows why in Meta’s words and ours, and is resumed', async (t) => {
  const gateway = await openGateway(t)
  const { db } = gateway
  await saveNumber(db, { tenantId, id: '2' }, { accessToken: 'second', wabaId: '77' }, encryptionKey)
  await saveNumber(db, { tenantId, id: '3' }, { accessToken: 'third', wabaId: '77' }, encryptionKey)
  await pause(db, { tenantId, scope: 'waba', key: '77', reason: 'account_config', error, resumesAfterMs: 900_000 })
  const key = hashToken('second').toString('hex')
  await pause(db, { tenantId, scope: 'token', key, reason: 'auth_fatal', error: { code: 190, message: 'Expired' } })
  const { body, text } = await call(gateway, `${path}/2`)
  t.match(body, {
    status: 'paused',
    pauses: [
      { scope: 'token', reason: 'auth_fatal', explanation: { advice: /new token/ }, resumes_at: null },
      { scope: 'waba', reason: 'account_config', error, explanation: { title: /payment/, advice: /billing/ } }
    ]
  })
  const ms = Date.parse(body.pauses[1].resumes_at) - Date.parse(body.pauses[1].paused_at)
  t.ok(Math.abs(ms - 900_000) < 10_000)
  t.notMatch(text, key, 'what names a token stays inside')
  const resumed = await call(gateway, `${path}/2/resume`, { method: 'POST' })
  t.equal(resumed.status, 200)
  t.strictSame(resumed.body.resumed.map(({ scope }: { scope: string }) => scope).sort(), ['token', 'waba'])
  t.match(resumed.body.phone_number, { id: '2', status: 'sending', pauses: [] })
  t.match((await call(gateway, `${path}/3`)).body, { status: 'sending' }, 'the account is free again')
  t.match((await call(gateway, `${path}/2/resume`, { method: 'POST' })).body, { resumed: [] })
})

t.test('an operator pauses and resumes a number; both are events', async (t) => {
  const gateway = await openGateway(t)
  const url = `${path}/${phoneNumberId}`
  const paused = await call(gateway, `${url}/pause`, { method: 'POST', body: { reason: 'moving house' } })
  t.equal(paused.status, 200)
  t.match(paused.body, { status: 'paused', pauses: [{ scope: 'number', reason: 'operator', resumes_at: null }] })
  t.strictSame(paused.body.pauses[0].error, { message: 'moving house' })
  t.equal((await call(gateway, `${url}/pause`, { method: 'POST' })).status, 200, 'again, and without a body')
  await call(gateway, `${url}/resume`, { method: 'POST' })
  const events = await gateway.db.selectFrom('events').select(['type', 'data']).orderBy('seq').execute()
  t.match(events, [
    { type: 'sending.paused', data: { scope: 'number', reason: 'operator', phoneNumberId } },
    { type: 'sending.resumed', data: { scope: 'number', reason: 'operator', phoneNumberId } }
  ])
})

t.test('a new token sets the number free', async (t) => {
  const gateway = await openGateway(t)
  const key = hashToken('a token').toString('hex')
  await pause(gateway.db, { tenantId, scope: 'token', key, reason: 'auth_fatal', error })
  const url = `${path}/${phoneNumberId}`
  t.match((await call(gateway, url)).body, { status: 'paused' })
  const { body } = await call(gateway, url, { method: 'PATCH', body: { access_token: 'another' } })
  t.match(body, { status: 'sending', pauses: [] })
  t.strictSame(await listPauses(gateway.db), [])
})

t.test('what waits is counted by priority, with the time of the oldest', async (t) => {
  const gateway = await openGateway(t)
  const { db } = gateway
  const content = { type: 'text' as const, text: { body: 'x' } }
  const messages = Array.from({ length: 5 }, () => ({
    id: createId(),
    tenantId,
    phoneNumberId,
    recipient: { kind: 'phone' as const, id: '491700000001' },
    content
  }))
  await acceptMessages(db, [{ id: createId(), tenantId, messages }])
  const [first, second, third] = messages
  const set = (id = '', change: object = {}) =>
    db
      .updateTable('messages')
      .set({ ...change, updated_at: new Date() })
      .where('id', '=', id)
      .execute()
  await set(first?.id, { priority: 0 })
  await set(second?.id, { priority: 2, due_at: new Date('2026-01-01T00:00:00Z') })
  await set(third?.id, { state: 'unknown', claim: createId() })
  const counts = { queued: { otp: 1, normal: 2, bulk: 1 }, oldest_due_at: '2026-01-01T00:00:00.000Z', unknown: 1 }
  t.match((await call(gateway, `${path}/${phoneNumberId}`)).body, counts)
  t.match((await call(gateway, path)).body.phone_numbers, [counts])
})

t.test('numbers come in pages', async (t) => {
  const gateway = await openGateway(t)
  for (const id of ['2', '3', '4']) await saveNumber(gateway.db, { tenantId, id }, { accessToken: 'x' }, encryptionKey)
  const first = await call(gateway, `${path}?limit=3`)
  t.strictSame(
    first.body.phone_numbers.map(({ id }: { id: string }) => id),
    [phoneNumberId, '2', '3']
  )
  t.match(first.headers.link, /rel="next"/)
  const second = await call(gateway, `${path}?limit=3&cursor=${first.body.next}`)
  t.strictSame(
    second.body.phone_numbers.map(({ id }: { id: string }) => id),
    ['4']
  )
  t.notOk('next' in second.body)
  for (const query of ['limit=0', 'limit=x', 'cursor=abc', 'state=paused'])
    t.equal((await call(gateway, `${path}?${query}`)).status, 400)
})

const calls: [NonNullable<Call['method']>, string, object | undefined, string][] = [
  ['GET', '', undefined, 'read'],
  ['PUT', '', { access_token: 'theirs' }, 'admin'],
  ['PATCH', '', { rate: 5 }, 'admin'],
  ['POST', '/pause', {}, 'admin'],
  ['POST', '/resume', undefined, 'admin']
]

t.test("another tenant's key finds no number of ours, and changes none", async (t) => {
  const gateway = await openGateway(t)
  const { db } = gateway
  const other = createId()
  await ensureTenant(db, { id: other, name: 'other' })
  const key = await addKey(db, other, ['admin'])
  await pause(db, { tenantId, scope: 'number', key: phoneNumberId, reason: 'operator' })
  const before = await call(gateway, `${path}/${phoneNumberId}`)
  for (const [method, end, body] of calls) {
    const answer = await call(gateway, `${path}/${phoneNumberId}${end}`, { method, key, ...(body && { body }) })
    t.equal(answer.status, 404, `${method} ${end}`)
  }
  t.strictSame((await call(gateway, path, { key })).body, { phone_numbers: [] })
  t.strictSame((await call(gateway, `${path}/${phoneNumberId}`)).body, before.body)
  t.equal(await loadAccessToken(db, { tenantId, id: phoneNumberId }, encryptionKey), 'a token')
})

t.test('keys that may only read or send neither change nor pause a number', async (t) => {
  const gateway = await openGateway(t)
  for (const scope of ['read', 'send']) {
    const key = await addKey(gateway.db, tenantId, [scope])
    for (const [method, end, body, needed] of calls) {
      const answer = await call(gateway, `${path}/${phoneNumberId}${end}`, { method, key, ...(body && { body }) })
      t.equal(answer.status, needed === scope ? 200 : 403, `${scope}: ${method} ${end}`)
    }
  }
  t.match((await call(gateway, `${path}/${phoneNumberId}`)).body, { rate: null, status: 'sending' })
})

t.test(
  'all that is stopped is listed with the numbers it stops, templates too, and nothing of other tenants',
  async (t) => {
    const gateway = await openGateway(t)
    const { db } = gateway
    const list = async () => (await call(gateway, '/v1/pauses')).body
    t.strictSame(await list(), { pauses: [] })
    const other = createId()
    await ensureTenant(db, { id: other, name: 'other' })
    await pause(db, { tenantId: other, scope: 'template', key: 'theirs', reason: 'template_state' })
    for (const id of ['1', '2']) {
      await saveNumber(db, { tenantId, id }, { accessToken: 'a token', wabaId: '77' }, encryptionKey)
    }
    await pause(db, { tenantId, scope: 'waba', key: '77', reason: 'account_config', error })
    await pause(db, { tenantId, scope: 'token', key: hashToken('a token').toString('hex'), reason: 'auth_fatal' })
    await pause(db, { tenantId, scope: 'number', key: '1', reason: 'operator' })
    await pause(db, { tenantId, scope: 'template', key: 'hello', reason: 'template_state', resumesAfterMs: 60_000 })
    const found = await list()
    t.match(found.pauses, [
      { scope: 'waba', phone_numbers: ['1', '2'], error, explanation: { advice: /./ } },
      { scope: 'token', phone_numbers: ['1', '2'] },
      { scope: 'number', phone_numbers: ['1'], reason: 'operator', resumes_at: null },
      { scope: 'template', phone_numbers: [], template: 'hello', resumes_at: /T/ }
    ])
    t.equal(found.pauses.length, 4)
    t.notMatch(JSON.stringify(found), hashToken('a token').toString('hex'), 'the token has no name outside')
  }
)

t.test('the next message without from goes out from the new default', async (t) => {
  const gateway = await openGateway(t)
  const { app } = gateway
  const fromOf = async () => {
    const payload = { to: '+491700000001', type: 'text', text: { body: 'x' } }
    const headers = { authorization: `Bearer ${apiKey}` }
    return (await app.inject({ method: 'POST', url: '/v1/messages', headers, payload })).json().from
  }
  t.equal(await fromOf(), phoneNumberId)
  await call(gateway, `${path}/1234`, { method: 'PUT', body: { access_token: 'token', default: true } })
  t.equal(await fromOf(), '1234')
  await call(gateway, `${path}/${phoneNumberId}`, { method: 'PATCH', body: { default: true } })
  t.equal(await fromOf(), phoneNumberId)
})

t.test('a number that is resumed is rung for, and so are those that the same pause stopped', async (t) => {
  const gateway = await openGateway(t)
  const { db, config } = gateway
  for (const id of ['1', '2', '3']) {
    await saveNumber(
      db,
      { tenantId, id },
      { accessToken: `token ${id}`, wabaId: id === '3' ? 'B' : 'A' },
      encryptionKey
    )
  }
  await pause(db, { tenantId, scope: 'waba', key: 'A', reason: 'account_config', error })
  const rung = new Set<string>()
  const worker = startWorker({
    url: config.REDIS_URL,
    prefix: config.REDIS_PREFIX,
    name: 'test',
    queue: sendQueueName,
    concurrency: 1,
    onError: () => undefined,
    handle: async (data) => void rung.add(String(Reflect.get(Object(data), 'phoneNumberId')))
  })
  t.teardown(() => worker.close(1_000))
  t.equal((await call(gateway, `${path}/1/resume`, { method: 'POST' })).status, 200)
  await eventually(async () => rung.size === 2)
  await call(gateway, `${path}/3`, { method: 'PATCH', body: { access_token: 'another' } })
  await eventually(async () => rung.size === 3)
  t.strictSame([...rung].toSorted(), ['1', '2', '3'])
})
