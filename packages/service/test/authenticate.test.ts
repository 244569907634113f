import { createHash } from 'node:crypto'
import { createId, defaultTenantId } from '@wag/contracts'
import t from 'tap'
import { createAuthenticator, principalOf } from '../src/index.ts'
import { openGuarded, openKeys, openShell } from './shell.ts'

const guarded = ['/read', '/send', '/admin', '/ops', '/metrics']

t.test('a service with a route that declares no scope does not start', async (t) => {
  const authenticate = async () => undefined
  const app = await openShell(t, { authenticate })
  app.get('/forgotten', async () => 'open to all')
  await t.rejects(async () => app.ready(), { message: /routes without a scope: .*\/forgotten/ })
  const nested = await openShell(t, { authenticate })
  await nested.register(async (routes) => void routes.post('/deep/:id', { config: {} }, async () => 'x'))
  await t.rejects(async () => nested.ready(), { message: /POST \/deep\/:id/ })
})

t.test('without a valid key no route but the public ones answers', async (t) => {
  const { app, key } = await openGuarded(t)
  const refused: [name: string, headers: Record<string, string>, query?: string][] = [
    ['none', {}],
    ['empty', { authorization: '' }],
    ['scheme alone', { authorization: 'Bearer' }],
    ['scheme and spaces', { authorization: 'Bearer   ' }],
    ['garbage', { authorization: 'Bearer \u0001\u00ff%00' }],
    ['truncated', { authorization: `Bearer ${key.slice(0, -1)}` }],
    ['with more behind it', { authorization: `Bearer ${key}x` }],
    ['two keys', { authorization: `Bearer ${key} ${key}` }],
    ['without a scheme', { authorization: key }],
    ['another scheme', { authorization: `Token ${key}` }],
    ['another header', { 'x-api-key': key }],
    ['a cookie', { cookie: `token=${key}; authorization=${key}` }],
    ['its hash', { authorization: `Bearer ${createHash('sha256').update(key).digest('hex')}` }],
    ['very long', { authorization: `Bearer ${'k'.repeat(8_000)}` }],
    ['in the query', {}, `?token=${key}&api_key=${key}&authorization=Bearer%20${key}`]
  ]
  for (const [name, headers, query = ''] of refused) {
    for (const url of guarded) {
      const answer = await app.inject({ url: url + query, headers })
      t.equal(answer.statusCode, 401, `${name}: ${url}`)
      t.match(answer.json(), { status: 'error', message: /API key/ })
      t.ok(answer.headers['www-authenticate'])
      t.notMatch(answer.body, key)
    }
    t.equal((await app.inject({ url: `/public${query}`, headers })).statusCode, 200, `${name}: public`)
  }
})

t.test('the key opens every route, however its scheme is spelt', async (t) => {
  const { app, key } = await openGuarded(t)
  for (const url of guarded) {
    for (const scheme of ['Bearer', 'bearer', 'BEARER ']) {
      t.equal((await app.inject({ url, headers: { authorization: `${scheme} ${key}` } })).statusCode, 200, url)
    }
  }
})

t.test('a browser may show the key as its password, and only to the routes meant for browsers', async (t) => {
  const { app, key } = await openGuarded(t)
  const authorization = `Basic ${Buffer.from(`anybody:${key}`).toString('base64')}`
  t.equal((await app.inject({ url: '/ops', headers: { authorization } })).statusCode, 200)
  t.equal((await app.inject({ url: '/admin', headers: { authorization } })).statusCode, 401)
  const asked = await app.inject('/ops')
  t.match(asked.headers['www-authenticate'], /^Basic /, 'and is asked for it')
})

t.test('a key reaches only what its scopes name', async (t) => {
  const { app, db } = await openGuarded(t)
  const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()
  const keys = {
    read: 'a key that reads '.repeat(3),
    send: 'a key that sends '.repeat(3),
    none: 'a key of no use '.repeat(3)
  }
  for (const [name, key] of Object.entries(keys)) {
    const scopes = name === 'none' ? [] : [name]
    await db
      .insertInto('api_keys')
      .values({ tenant_id: defaultTenantId, id: createId(), name, hash: sha256(key), scopes, revoked_at: null })
      .execute()
  }
  for (const [name, key] of Object.entries(keys)) {
    for (const url of guarded) {
      const { statusCode } = await app.inject({ url, headers: { authorization: `Bearer ${key}` } })
      t.equal(statusCode, url === `/${name}` ? 200 : 403, `${name}: ${url}`)
    }
  }
})

t.test('a revoked key is refused after five seconds at the latest', async (t) => {
  const { app, db, key } = await openGuarded(t)
  const headers = { authorization: `Bearer ${key}` }
  t.equal((await app.inject({ url: '/read', headers })).statusCode, 200)
  await db.updateTable('api_keys').set({ revoked_at: new Date() }).execute()
  const now = Date.now
  t.intercept(Date, 'now', { value: () => now() + 5_001 })
  t.equal((await app.inject({ url: '/read', headers })).statusCode, 401)
})

t.test('a ledger that is away is no reason to let anybody in, nor to remember the failure', async (t) => {
  const { db, key } = await openKeys(t)
  let isAway = true
  const authenticate = createAuthenticator(db)
  const app = await openShell(t, {
    authenticate: async (given) => {
      if (isAway) throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
      return authenticate(given)
    }
  })
  app.get('/read', { config: { scope: 'read' } }, async (request) => principalOf(request).tenantId)
  const headers = { authorization: `Bearer ${key}` }
  t.equal((await app.inject({ url: '/read', headers })).statusCode, 503)
  isAway = false
  t.equal((await app.inject({ url: '/read', headers })).body, defaultTenantId)
})

t.test('what does not exist is 404 for everybody, with nothing told', async (t) => {
  const { app } = await openGuarded(t)
  for (const url of ['/', '/nothing', '/read/deeper', '/.env', '/../etc/passwd']) {
    const answer = await app.inject(url)
    t.equal(answer.statusCode, 404, url)
    t.strictSame(answer.json(), { status: 'error', message: 'Not found' })
  }
})
