import { createHash, randomBytes } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createId } from '@wag/contracts'
import { type Db, ensureTenant, insertMedia, saveBootstrapKey, storeReceived, upsertContacts } from '@wag/db'
import t from 'tap'
import { createMediaLinks } from '../src/media-link.ts'
import { authorization, encryptionKey, type Gateway, openGateway, phoneNumberId, tenantId } from './open.ts'

const headers = { authorization }
const bytes = randomBytes(1000)
const hash = createHash('sha256').update(bytes).digest()
const tag = `"${hash.toString('hex')}"`

type Changes = { filename?: string; mimeType?: string; metaId?: string; waId?: string }

/** A message with a medium that waits to be fetched; its id. */
async function noteMedium(db: Db, tenant: string, changes: Changes = {}): Promise<string> {
  const { metaId = `${Math.random()}`, mimeType = 'image/jpeg', filename, waId = '491700000001' } = changes
  const { ids } = await upsertContacts(db, tenant, [{ waId, at: new Date() }])
  const message = { id: createId(), tenantId: tenant, phoneNumberId, contactId: ids[0] ?? 0 }
  const content = { wamid: `wamid.${message.id}`, type: 'image', content: {}, at: new Date() }
  await storeReceived(db, [{ ...message, ...content }])
  const medium = { messageId: message.id, phoneNumberId, metaId, kind: 'image', mimeType, filename, at: new Date() }
  await insertMedia(db, tenant, [medium])
  const row = await db.selectFrom('media').select('id').where('message_id', '=', message.id).executeTakeFirstOrThrow()
  return row.id
}

/** The same, stored as ingest does. */
async function storeMedium({ db, config }: Gateway, changes: Changes = {}, tenant = tenantId): Promise<string> {
  const id = await noteMedium(db, tenant, changes)
  const name = hash.toString('hex')
  const path = join(config.MEDIA_DIR, tenant, name.slice(0, 2), name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, bytes)
  const stored = { state: 'stored' as const, bytes: bytes.length, hash, due_at: null }
  await db.updateTable('media').set(stored).where('id', '=', id).execute()
  return id
}

t.test('a medium is shown as it is, and its bytes come with headers that let nothing run', async (t) => {
  const gateway = await openGateway(t, { MEDIA_DIR: t.testdir() })
  const id = await storeMedium(gateway, { metaId: '123', filename: 'Käse "1"\r\n.jpg' })
  const shown = await gateway.app.inject({ url: `/v1/media/${id}`, headers })
  t.match(shown.json(), {
    id,
    media_id: '123',
    state: 'stored',
    bytes: 1000,
    sha256: hash.toString('hex'),
    type: 'image'
  })
  const answer = await gateway.app.inject({ url: `/v1/media/${id}/content`, headers })
  t.equal(answer.statusCode, 200)
  t.ok(answer.rawPayload.equals(bytes))
  t.match(answer.headers, {
    'content-type': 'image/jpeg',
    'content-length': '1000',
    'content-disposition': `attachment; filename="K_se _1_.jpg"; filename*=UTF-8''K%C3%A4se%20%221%22.jpg`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'",
    'cache-control': /^private/,
    'accept-ranges': 'bytes',
    etag: tag
  })
})

t.test('what a browser could run is served as bytes', async (t) => {
  const gateway = await openGateway(t, { MEDIA_DIR: t.testdir() })
  const types: [string, string][] = [
    ['text/html', 'application/octet-stream'],
    ['image/svg+xml', 'application/octet-stream'],
    ['application/xhtml+xml; charset=utf-8', 'application/octet-stream'],
    ['text/html\r\nx: y', 'application/octet-stream'],
    ['AUDIO/OGG; codecs=opus', 'audio/ogg']
  ]
  for (const [mimeType, served] of types) {
    const id = await storeMedium(gateway, { mimeType })
    const answer = await gateway.app.inject({ url: `/v1/media/${id}/content`, headers })
    t.equal(answer.headers['content-type'], served, mimeType)
    t.match(answer.headers['content-disposition'], /^attachment; filename="image-/)
  }
})

t.test('parts are served as they are asked for', async (t) => {
  const gateway = await openGateway(t, { MEDIA_DIR: t.testdir() })
  const url = `/v1/media/${await storeMedium(gateway)}/content`
  const table: [string, number, string | undefined, [number, number]?][] = [
    ['bytes=0-0', 206, 'bytes 0-0/1000', [0, 1]],
    ['bytes=0-', 206, 'bytes 0-999/1000', [0, 1000]],
    ['bytes=10-19', 206, 'bytes 10-19/1000', [10, 20]],
    ['bytes=990-5000', 206, 'bytes 990-999/1000', [990, 1000]],
    ['bytes=-5', 206, 'bytes 995-999/1000', [995, 1000]],
    ['bytes=-5000', 206, 'bytes 0-999/1000', [0, 1000]],
    ['bytes=1000-', 416, 'bytes */1000'],
    ['bytes=-0', 416, 'bytes */1000'],
    ['bytes=5-4', 200, undefined, [0, 1000]],
    ['bytes=0-1,5-6', 200, undefined, [0, 1000]],
    ['lines=0-1', 200, undefined, [0, 1000]],
    ['bytes=-', 200, undefined, [0, 1000]]
  ]
  for (const [range, status, contentRange, [from, to] = [0, 0]] of table) {
    const answer = await gateway.app.inject({ url, headers: { ...headers, range } })
    t.equal(answer.statusCode, status, range)
    t.equal(answer.headers['content-range'], contentRange, range)
    if (status === 416) t.match(answer.json(), { code: 'bad_range' })
    else t.ok(answer.rawPayload.equals(bytes.subarray(from, to)), range)
    if (status !== 416) t.equal(answer.headers['content-length'], String(to - from), range)
  }
})

t.test('what the caller has already is not sent again', async (t) => {
  const gateway = await openGateway(t, { MEDIA_DIR: t.testdir() })
  const url = `/v1/media/${await storeMedium(gateway)}/content`
  const ask = (more: Record<string, string>) => gateway.app.inject({ url, headers: { ...headers, ...more } })
  for (const known of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
    const answer = await ask({ 'if-none-match': known })
    t.equal(answer.statusCode, 304, known)
    t.equal(answer.body, '')
    t.equal(answer.headers.etag, tag)
  }
  t.equal((await ask({ 'if-none-match': '"x"' })).statusCode, 200)
  t.equal((await ask({ range: 'bytes=0-1', 'if-range': tag })).statusCode, 206)
  t.equal((await ask({ range: 'bytes=0-1', 'if-range': '"x"' })).statusCode, 200)
  const head = await gateway.app.inject({ method: 'HEAD', url, headers })
  t.match(head, { statusCode: 200, body: '', headers: { 'content-length': '1000', etag: tag } })
})

t.test('a link works without a key until it expires, and for its own medium only', async (t) => {
  const gateway = await openGateway(t, { MEDIA_DIR: t.testdir(), PUBLIC_URL: 'https://wag.example' })
  const { app } = gateway
  const [id, other] = [await storeMedium(gateway), await storeMedium(gateway)]
  const made = await app.inject({ method: 'POST', url: `/v1/media/${id}/link`, headers, payload: { expires_in_s: 60 } })
  t.equal(made.statusCode, 200)
  const { link, expires_at } = made.json<{ link: string; expires_at: string }>()
  t.ok(Math.abs(Date.parse(expires_at) - Date.now() - 60_000) < 5_000)
  const { origin, pathname, search } = new URL(link)
  t.equal(origin, 'https://wag.example')
  const path = pathname + search
  const answer = await app.inject({ url: path })
  t.equal(answer.statusCode, 200)
  t.ok(answer.rawPayload.equals(bytes))
  t.equal((await app.inject({ url: path, headers: { range: 'bytes=0-1' } })).statusCode, 206)

  const expires = new URL(link).searchParams.get('expires') ?? ''
  const expired = createMediaLinks(encryptionKey).sign(id, 60, Date.now() - 61_000).path
  const foreign = createMediaLinks('11'.repeat(32)).sign(id, 60).path
  const bad = [
    path.replace(id, other),
    path.replace(expires, String(Number(expires) + 1)),
    path.replace(/signature=./, (start) => (start.endsWith('A') ? 'signature=B' : 'signature=A')),
    path.slice(0, -2),
    path.replace(/&signature.*/, ''),
    path.replace(/&signature.*/, '&signature='),
    pathname,
    expired,
    foreign
  ]
  for (const url of bad) {
    const refused = await app.inject({ url })
    t.equal(refused.statusCode, 401, url)
    t.equal(refused.json().code, 'bad_link')
  }
  const plain = await app.inject({ method: 'POST', url: `/v1/media/${id}/link`, headers })
  t.equal(plain.statusCode, 200, 'a body is not needed')
  for (const expires_in_s of [0, 3_601, '60']) {
    const refused = await app.inject({
      method: 'POST',
      url: `/v1/media/${id}/link`,
      headers,
      payload: { expires_in_s }
    })
    t.equal(refused.statusCode, 400)
  }
})

t.test('the original route answers our link for what is stored', async (t) => {
  const gateway = await openGateway(t, { MEDIA_DIR: t.testdir() })
  await noteMedium(gateway.db, tenantId, { metaId: '123' })
  await storeMedium(gateway, { metaId: '123', mimeType: 'image/png' })
  for (const url of ['/media/123/', '/media/123']) {
    const answer = await gateway.app.inject({ url, headers: { ...headers, host: 'wag.test:3000' } })
    const { link, ...rest } = answer.json<{ link: string }>()
    t.strictSame(rest, { media_id: '123', mime_type: 'image/png' })
    t.ok(link.startsWith('http://wag.test:3000/v1/media/'))
    const content = await gateway.app.inject({ url: link.slice('http://wag.test:3000'.length) })
    t.ok(content.rawPayload.equals(bytes))
  }
})

t.test('another tenant’s medium does not exist, for any route', async (t) => {
  const gateway = await openGateway(t, { MEDIA_DIR: t.testdir() })
  const foreignTenant = createId()
  await ensureTenant(gateway.db, { id: foreignTenant, name: 'foreign' })
  await saveBootstrapKey(gateway.db, foreignTenant, 'f'.repeat(40))
  const id = await storeMedium(gateway, { metaId: '99' }, foreignTenant)
  const theirs = { authorization: `Bearer ${'f'.repeat(40)}` }
  t.equal((await gateway.app.inject({ url: `/v1/media/${id}`, headers: theirs })).statusCode, 200)
  for (const one of [id, createId(), 'x', '..%2f', id.toUpperCase(), '99']) {
    for (const [method, rest] of [
      ['GET', ''],
      ['GET', '/content'],
      ['POST', '/link'],
      ['POST', '/retry']
    ] as const) {
      const answer = await gateway.app.inject({ method, url: `/v1/media/${one}${rest}`, headers })
      t.equal(answer.statusCode, 404, `${method} ${one}${rest}`)
      t.equal(answer.json().code, 'media_not_found')
    }
  }
  t.equal((await gateway.app.inject({ url: '/media/99/', headers })).statusCode, 502, 'asked at Meta, who is away')
  for (const rest of ['', '/content']) t.equal((await gateway.app.inject(`/v1/media/${id}${rest}`)).statusCode, 401)
})

t.test('what is not stored says so, and can be asked for again', async (t) => {
  const gateway = await openGateway(t, { MEDIA_DIR: t.testdir() })
  const { app, db } = gateway
  const id = await noteMedium(db, tenantId)
  const ask = (method: 'GET' | 'POST', rest: string) => app.inject({ method, url: `/v1/media/${id}${rest}`, headers })
  for (const [method, rest] of [
    ['GET', '/content'],
    ['POST', '/link'],
    ['POST', '/retry']
  ] as const) {
    const answer = await ask(method, rest)
    t.match(answer.json(), { status: 409, code: 'state_conflict', detail: /pending/ }, rest)
  }
  await db.updateTable('media').set({ state: 'gone', error: 'Meta does not have it', due_at: null }).execute()
  t.match((await ask('GET', '')).json(), { state: 'gone', error: 'Meta does not have it', sha256: null })
  t.match((await ask('POST', '/retry')).json(), { state: 'pending' })
  const stored = await storeMedium(gateway)
  await rm(gateway.config.MEDIA_DIR, { recursive: true })
  const answer = await app.inject({ url: `/v1/media/${stored}/content`, headers })
  t.match(answer.json(), { code: 'media_not_found' }, 'bytes that somebody removed')
})
