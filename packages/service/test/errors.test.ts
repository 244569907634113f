import { GatewayError, isId } from '@wag/contracts'
import t from 'tap'
import { Type } from 'typebox'
import { openShell } from './shell.ts'

type Test = Parameters<typeof openShell>[0]

/** A shell whose only route throws what it is given. */
async function openThrowing(t: Test, error: unknown) {
  const app = await openShell(t)
  app.get('/', async () => {
    throw error
  })
  return app
}

t.test('errors of ours keep their status and their text', async (t) => {
  for (const code of ['bad_request', 'contact_not_found', 'overloaded', 'graph_unavailable'] as const) {
    const error = new GatewayError(code, `what to do about ${code}`)
    const answer = await (await openThrowing(t, error)).inject('/')
    t.equal(answer.statusCode, error.statusCode)
    t.strictSame(answer.json(), { status: 'error', message: `what to do about ${code}` })
    t.equal(answer.headers['retry-after'], error.statusCode === 503 ? '1' : undefined)
  }
})

t.test('whatever else is thrown is a 500 that tells nothing', async (t) => {
  const thrown = [
    new Error('canary /etc/passwd postgres://wag:canary@db'),
    Object.assign(new Error('canary'), { code: '23505', detail: 'canary' }),
    Object.assign(new Error('canary'), { statusCode: 500 }),
    Object.assign(new Error('canary'), { statusCode: 502 }),
    new TypeError('canary'),
    'canary',
    { canary: true }
  ]
  for (const error of thrown) {
    const answer = await (await openThrowing(t, error)).inject('/')
    t.equal(answer.statusCode, 500)
    t.strictSame(answer.json(), { status: 'error', message: 'Internal server error' })
  }
})

t.test('a ledger that is away is 503, and the caller is told to repeat', async (t) => {
  const away = [
    Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
    Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' }),
    new Error('Query read timeout'),
    new Error('Connection terminated unexpectedly')
  ]
  for (const error of away) {
    const answer = await (await openThrowing(t, error)).inject('/')
    t.equal(answer.statusCode, 503, error.message)
    t.match(answer.json(), { status: 'error', message: /not known/ })
    t.equal(answer.headers['retry-after'], '1')
  }
})

t.test('what a caller did wrong is said in the same shape', async (t) => {
  const app = await openShell(t)
  const body = Type.Object({ type: Type.Enum(['one', 'two']), count: Type.Optional(Type.Integer()) })
  app.post('/', { schema: { body } }, async (request) => request.body)
  const json = { 'content-type': 'application/json' }
  const cases: [status: number, message: RegExp, payload: string, headers?: Record<string, string>][] = [
    [400, /JSON at position 1/, '{', json],
    [400, /JSON at position 13/, '{"type":"one"', json],
    [400, /JSON$/, 'x', json],
    [400, /empty/, '', json],
    [400, /type/, '{}', json],
    [400, /one, two/, '{"type":"three"}', json],
    [400, /count/, '{"type":"one","count":"1"}', json],
    [400, /__proto__/, '{"type":"one","__proto__":{"x":1}}', json],
    [413, /262144 bytes/, JSON.stringify({ type: 'x'.repeat(300_000) }), json],
    [415, /content-type: application\/json$/, 'type=one', { 'content-type': 'application/x-www-form-urlencoded' }]
  ]
  for (const [status, message, payload, headers = {}] of cases) {
    const answer = await app.inject({ method: 'POST', url: '/', payload, headers })
    t.equal(answer.statusCode, status, payload.slice(0, 40))
    t.strictSame(Object.keys(answer.json()).sort(), ['message', 'status'])
    t.match(answer.json(), { status: 'error', message })
  }
  const kept = { type: 'one', count: 1, more: 'x' }
  t.strictSame(
    (await app.inject({ method: 'POST', url: '/', payload: kept })).json(),
    kept,
    'nothing is dropped silently'
  )
})

t.test('every answer names its request, by the caller’s own id where that is harmless', async (t) => {
  const app = await openThrowing(t, new Error('x'))
  for (const url of ['/', '/nothing', '/health/live']) {
    const own = await app.inject({ url, headers: { 'x-request-id': 'caller-0001_A' } })
    t.equal(own.headers['x-request-id'], 'caller-0001_A')
    const ids = new Set<unknown>()
    for (const given of ['', 'short', 'x'.repeat(65), '{"a":1}', 'with space 123', 'wamid.HBgM=='])
      ids.add((await app.inject({ url, headers: { 'x-request-id': given } })).headers['x-request-id'])
    t.equal(ids.size, 6)
    t.ok([...ids].every(isId))
  }
})

t.test('under /v1 every error is a problem with its code, its request and where it is', async (t) => {
  const app = await openShell(t)
  const body = Type.Object(
    { 'a/b': Type.Integer(), kind: Type.Optional(Type.Enum(['one', 'two'])) },
    { additionalProperties: false }
  )
  const querystring = Type.Object({ limit: Type.Optional(Type.String({ pattern: '^[0-9]+$' })) })
  app.post('/v1/things', { schema: { body, querystring } }, async () => 'ok')
  const problems = [{ pointer: '/to', detail: 'must be a number' }]
  app.get('/v1/ours', async () => {
    throw new GatewayError('invalid_message', 'This message cannot be sent', { problems })
  })
  app.get('/v1/broken', async () => {
    throw new Error('canary')
  })
  const post = (payload: object, url = '/v1/things') => app.inject({ method: 'POST', url, payload })
  const cases: [answer: Awaited<ReturnType<typeof post>>, status: number, code: string, errors: unknown][] = [
    [await post({}), 400, 'bad_request', [{ pointer: '/a~1b', detail: /required/ }]],
    [await post({ 'a/b': 'x' }), 400, 'bad_request', [{ pointer: '/a~1b', detail: /integer/ }]],
    [await post({ 'a/b': 1, kind: 'x' }), 400, 'bad_request', [{ pointer: '/kind', detail: /one, two/ }]],
    [
      await post({ 'a/b': 1, more: 1 }),
      400,
      'bad_request',
      [{ pointer: '/more', detail: /not known here; known are a\/b, kind/ }]
    ],
    [await post({ 'a/b': 1 }, '/v1/things?limit=x'), 400, 'bad_request', [{ pointer: '/limit' }]],
    [await app.inject('/v1/ours'), 400, 'invalid_message', problems],
    [await app.inject('/v1/broken'), 500, 'internal', undefined],
    [await app.inject('/v1/nothing'), 404, 'not_found', undefined],
    [await app.inject('/v1'), 404, 'not_found', undefined]
  ]
  for (const [answer, status, code, errors] of cases) {
    t.equal(answer.statusCode, status)
    t.match(answer.headers['content-type'], /^application\/problem\+json/)
    const instance = answer.headers['x-request-id']
    t.match(answer.json(), { type: `urn:wag:problem:${code}`, title: /^[A-Z]/, status, code, detail: /./, instance })
    t.match(answer.json().errors, errors)
    t.notMatch(answer.body, 'canary')
  }
  t.match((await app.inject('/v10')).json(), { status: 'error', message: 'Not found' })
})

t.test('text that is not UTF-8 is refused and not changed', async (t) => {
  const app = await openShell(t)
  app.post('/v1/echo', async (request) => request.body)
  const headers = { 'content-type': 'application/json' }
  const send = (payload: Buffer) => app.inject({ method: 'POST', url: '/v1/echo', headers, payload })
  t.strictSame((await send(Buffer.from('{"a":"grüße 😀 \uFFFD"}'))).json(), { a: 'grüße 😀 \uFFFD' })
  for (const bytes of [[0xfc], [0xc3], [0xed, 0xa0, 0x80]]) {
    const payload = Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bytes), Buffer.from('"}')])
    const answer = await send(payload)
    t.match([answer.statusCode, answer.json()], [400, { code: 'bad_request', detail: /UTF-8/ }])
  }
})

t.test('a path that cannot be read is answered like any other error', async (t) => {
  const app = await openShell(t)
  app.get('/v1/things/:id', async () => 'ok')
  for (const path of ['/v1/things/%zz', '/v1/things/%ff', `/v1/things/${'x'.repeat(600)}`]) {
    const answer = await app.inject(path)
    t.equal(answer.statusCode, 400)
    t.match(answer.headers['content-type'], /^application\/problem\+json/)
    t.match(answer.json(), { code: 'bad_request', detail: /path/, instance: answer.headers['x-request-id'] })
  }
  t.match((await app.inject('/things/%zz')).json(), { status: 'error', message: /path/ })
})

t.test('a parameter that is not known is named, with those that are', async (t) => {
  const app = await openShell(t)
  const querystring = Type.Object(
    { limit: Type.Optional(Type.String()), cursor: Type.Optional(Type.String()) },
    { additionalProperties: false }
  )
  app.get('/v1/things', { schema: { querystring } }, async () => 'ok')
  const { detail } = (await app.inject('/v1/things?limitt=1')).json()
  t.equal(detail, 'querystring/limitt is not known here; known are limit, cursor')
})
