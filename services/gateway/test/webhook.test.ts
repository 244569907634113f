import { createHmac } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { sign } from '@wag/graph'
import t from 'tap'
import { appSecret, authorization, type Gateway, openGateway, verifyToken } from './open.ts'

const url = '/whatsapp-webhook/'

function post({ app }: Gateway, body: Buffer, headers: Record<string, string | string[]>, address = url) {
  return app.inject({
    method: 'POST',
    url: address,
    headers: { 'content-type': 'application/json', ...headers },
    payload: body
  })
}

function signed(body: Buffer, secret = appSecret): Record<string, string> {
  return { 'x-hub-signature-256': sign(body, secret) }
}

async function stored({ db }: Gateway): Promise<Buffer[]> {
  const rows = await db.selectFrom('inbox').select('body').orderBy('id').execute()
  return rows.map(({ body }) => body)
}

t.test('Meta’s handshake gets its challenge back as text, with or without a slash, without any key', async (t) => {
  const { app } = await openGateway(t)
  const query = { 'hub.mode': 'subscribe', 'hub.verify_token': verifyToken, 'hub.challenge': '1158201444' }
  for (const address of [url, '/whatsapp-webhook']) {
    const answer = await app.inject({ url: address, query })
    t.equal(answer.statusCode, 200)
    t.equal(answer.body, '1158201444')
    t.match(answer.headers, { 'content-type': /^text\/plain/, 'x-content-type-options': 'nosniff' })
  }
})

t.test('a handshake without the right token or mode is refused and told nothing', async (t) => {
  const { app } = await openGateway(t)
  const right = { 'hub.mode': 'subscribe', 'hub.verify_token': verifyToken, 'hub.challenge': '1' }
  const wrong: Record<string, string>[] = [
    {},
    { ...right, 'hub.mode': 'unsubscribe' },
    { ...right, 'hub.mode': '' },
    { ...right, 'hub.verify_token': '' },
    { ...right, 'hub.verify_token': verifyToken.slice(0, -1) },
    { ...right, 'hub.verify_token': `${verifyToken} ` },
    { ...right, 'hub.verify_token': verifyToken.toUpperCase() }
  ]
  for (const query of wrong) {
    const answer = await app.inject({ url, query })
    t.equal(answer.statusCode, 403, JSON.stringify(query))
    t.notMatch(answer.body, verifyToken)
  }
  const twice = await app.inject(`${url}?hub.mode=subscribe&hub.verify_token=a&hub.verify_token=b&hub.challenge=1`)
  t.equal(twice.statusCode, 400)
})

t.test('a challenge that a browser could run is not echoed', async (t) => {
  const { app } = await openGateway(t)
  for (const challenge of ['<script>alert(1)</script>', '', 'x'.repeat(257), 'a b', 'é', '1\r\nset-cookie: a=b']) {
    const query = { 'hub.mode': 'subscribe', 'hub.verify_token': verifyToken, 'hub.challenge': challenge }
    const answer = await app.inject({ url, query })
    t.equal(answer.statusCode, 400, challenge)
    t.notMatch(answer.body, 'script')
  }
})

t.test('a signed body is stored byte for byte before it is answered, whatever the bytes', async (t) => {
  const gateway = await openGateway(t)
  const bodies = [
    Buffer.from('{"entry":[]}'),
    Buffer.from('{"text":"é 🙂 @ / \\u00e9 \\/ \\ud83d\\ude42"}'),
    Buffer.from('{ "spaces" :  1 }\n'),
    Buffer.from('{"a":1,"a":2,"__proto__":{"x":1}}'),
    Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d]),
    Buffer.from('\ufeff{}'),
    Buffer.from('not JSON at all'),
    Buffer.alloc(3 * 1024 * 1024, 'x'),
    gzipSync('{"entry":[]}')
  ]
  for (const body of bodies) {
    const answer = await post(gateway, body, signed(body))
    t.equal(answer.statusCode, 200)
    t.strictSame(answer.json(), { status: 'success' })
    t.ok((await stored(gateway)).at(-1)?.equals(body), `${body.length} bytes`)
  }
  const gzip = await post(gateway, gzipSync('{}'), { ...signed(gzipSync('{}')), 'content-encoding': 'gzip' })
  t.equal(gzip.statusCode, 200)
  t.equal((await stored(gateway)).length, bodies.length + 1)
})

t.test('the type a body claims, and a missing slash, change nothing', async (t) => {
  const gateway = await openGateway(t)
  const body = Buffer.from('{"entry":[]}')
  for (const type of [
    'application/json',
    'application/json; charset=utf-8',
    'text/plain',
    'application/x-www-form-urlencoded'
  ]) {
    t.equal(
      (await post(gateway, body, { ...signed(body), 'content-type': type }, '/whatsapp-webhook')).statusCode,
      200,
      type
    )
  }
  t.equal((await stored(gateway)).length, 4)
})

t.test('a body without the one right signature is 401, and nothing of it is stored', async (t) => {
  const gateway = await openGateway(t)
  const body = Buffer.from('{"canary":"é 🙂 \\u00e9"}')
  const right = sign(body, appSecret)
  const hex = right.slice('sha256='.length)
  const cases: [name: string, header: string | string[] | undefined][] = [
    ['missing', undefined],
    ['empty', ''],
    ['prefix alone', 'sha256='],
    ['no prefix', hex],
    ['another prefix', `sha1=${hex}`],
    ['upper-case hex', `sha256=${hex.toUpperCase()}`],
    ['upper-case prefix', `SHA256=${hex}`],
    ['short', right.slice(0, -1)],
    ['long', `${right}0`],
    ['not hex', `sha256=${'z'.repeat(64)}`],
    ['spaces', ` ${right} x`],
    ['two headers', [right, right]],
    ['two in one', `${right}, ${right}`],
    ['of another body', sign(Buffer.from('{}'), appSecret)],
    ['of the decoded body', sign(Buffer.from(JSON.stringify(JSON.parse(body.toString()))), appSecret)],
    ['with another secret', sign(body, 'another secret')],
    ['with no secret', sign(body, '')],
    ['with SHA-1', `sha256=${createHmac('sha1', appSecret).update(body).digest('hex')}`]
  ]
  for (const [name, header] of cases) {
    const answer = await post(gateway, body, header === undefined ? {} : { 'x-hub-signature-256': header })
    t.equal(answer.statusCode, 401, name)
    t.equal(answer.json().status, 'error')
    t.notMatch(answer.body, /canary|[0-9a-f]{16}/, 'neither the body nor a signature is told')
  }
  const legacy = await post(gateway, body, { 'x-hub-signature': `sha1=${hex}`, authorization })
  t.equal(legacy.statusCode, 401, 'an API key is no signature')
  t.strictSame(await stored(gateway), [])
})

t.test('one changed bit anywhere in a body is noticed', async (t) => {
  const gateway = await openGateway(t)
  const body = Buffer.from('{"entry":[{"id":"1"}]}')
  const headers = signed(body)
  for (let index = 0; index < body.length; index++) {
    const changed = Buffer.from(body)
    changed.writeUInt8(changed.readUInt8(index) ^ 1, index)
    t.equal((await post(gateway, changed, headers)).statusCode, 401)
  }
  t.strictSame(await stored(gateway), [])
})

t.test('an empty body is taken like any other, when it is signed', async (t) => {
  const gateway = await openGateway(t)
  const empty = Buffer.alloc(0)
  t.equal((await post(gateway, empty, {})).statusCode, 401)
  t.equal((await post(gateway, empty, signed(empty))).statusCode, 200)
})

t.test('a body beyond the limit is 413 before it is looked at', async (t) => {
  const gateway = await openGateway(t)
  const body = Buffer.alloc(3.6 * 1024 * 1024, 'x')
  t.equal((await post(gateway, body, signed(body))).statusCode, 413)
  t.strictSame(await stored(gateway), [])
})

t.test('the same body twice is stored twice: whether it says something new is ingest’s question', async (t) => {
  const gateway = await openGateway(t)
  const body = Buffer.from('{"entry":[]}')
  const answers = await Promise.all(Array.from({ length: 20 }, () => post(gateway, body, signed(body))))
  t.ok(answers.every(({ statusCode }) => statusCode === 200))
  t.equal((await stored(gateway)).length, 20)
})

t.test('while a secret is changed both are good, and every app signs with its own', async (t) => {
  const secrets = { WHATSAPP_APP_SECRET: 'new,old', WHATSAPP_APP_SECRETS: 'shop:shop new,shop old;other:third' }
  const gateway = await openGateway(t, secrets)
  const body = Buffer.from('{"text":"é \\u00e9"}')
  for (const secret of ['new', 'old', 'shop new', 'shop old', 'third']) {
    t.equal((await post(gateway, body, signed(body, secret))).statusCode, 200, secret)
  }
  for (const secret of ['new,old', 'shop', 'other', 'shop:shop new', appSecret]) {
    t.equal((await post(gateway, body, signed(body, secret))).statusCode, 401, secret)
  }
  const { body: metrics } = await gateway.app.inject({ url: '/metrics', headers: { authorization } })
  t.match(metrics, /wag_webhooks_signed_total\{app="shop",place="2"[^}]*\} 1/)
})

t.test('a body without the shape of a signature is refused before it is read', async (t) => {
  const gateway = await openGateway(t)
  const body = Buffer.alloc(3.6 * 1024 * 1024, 'x')
  t.equal((await post(gateway, body, {})).statusCode, 401, 'and not 413')
})
