import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { request } from 'node:http'
import { type AddressInfo } from 'node:net'
import { createId } from '@wag/contracts'
import { saveDefaultNumber } from '@wag/db'
import { eventually } from '@wag/testkit'
import t, { type Test } from 'tap'
import { type FormPart, formOf, pngOf } from './form.ts'
import { startMeta } from './meta.ts'
import { authorization, encryptionKey, type Gateway, openGateway, phoneNumberId, tenantId } from './open.ts'

async function open(t: Test, answer?: Parameters<typeof startMeta>[1]) {
  const meta = await startMeta(t, answer)
  const folder = t.testdir()
  const gateway = await openGateway(t, { GRAPH_URL: meta.url, MEDIA_TEMP_DIR: folder, MEDIA_UPLOADS_MAX: 4 })
  const post = ({ app }: Gateway, ...parts: FormPart[]) => {
    const { headers, payload } = formOf(...parts)
    return app.inject({ method: 'POST', url: '/v1/media', headers: { ...headers, authorization }, payload })
  }
  return { ...gateway, meta, folder, post: (...parts: FormPart[]) => post(gateway, ...parts) }
}

const file = (value: Buffer | string, changes: Partial<FormPart> = {}): FormPart => ({
  name: 'file',
  value,
  filename: 'a.png',
  type: 'image/png',
  ...changes
})

t.test('a file is given to Meta, and answered with the id to send it by', async (t) => {
  const { post, meta, folder } = await open(t)
  const answer = await post(file(pngOf()), { name: 'type', value: 'image/png' }, { name: 'filename', value: 'b.png' })
  t.equal(answer.statusCode, 201)
  const { sha256, expires_at: expiresAt, ...rest } = answer.json()
  t.strictSame(rest, { id: 'media-1', mime_type: 'image/png', bytes: 200, from: phoneNumberId })
  t.match(sha256, /^[0-9a-f]{64}$/)
  const days = (Date.parse(expiresAt) - Date.now()) / 86_400_000
  t.ok(days > 28.9 && days < 29.1, `${days} days`)
  t.match(meta.uploads, [{ url: `/v24.0/${phoneNumberId}/media`, authorization: 'Bearer a token' }])
  t.match(meta.uploads, [{ type: 'image/png', mimeType: 'image/png', bytes: 200 }])
  t.strictSame(await readdir(folder), [])
})

t.test('the same content is uploaded once for a number, however often and at once it comes', async (t) => {
  const { post, meta, db } = await open(t)
  const answers = await Promise.all(Array.from({ length: 20 }, () => post(file(pngOf()))))
  t.strictSame(new Set(answers.map(({ statusCode }) => statusCode)), new Set([201]))
  t.strictSame(new Set(answers.map(({ body }) => body)).size, 1)
  t.equal((await post(file(pngOf(), { filename: 'other.png' }))).json().id, 'media-1')
  t.equal(meta.uploads.length, 1)
  await saveDefaultNumber(db, { id: '2002', tenantId }, 'another token', encryptionKey)
  t.match((await post(file(pngOf()), { name: 'from', value: '2002' })).json(), { id: 'media-2', from: '2002' })
  t.match(meta.uploads[1], { url: '/v24.0/2002/media', authorization: 'Bearer another token' })
  t.match((await post(file(pngOf(200, 'x')), { name: 'from', value: phoneNumberId })).json(), { id: 'media-3' })
})

t.test('an id near its end is not handed out again', async (t) => {
  const { post, db } = await open(t)
  t.equal((await post(file(pngOf()))).json().id, 'media-1')
  await db.updateTable('media_uploads').set({ expires_at: new Date() }).execute()
  t.equal((await post(file(pngOf()))).json().id, 'media-2')
})

t.test('what breaks a rule is refused with its place and the rule, and nothing reaches Meta', async (t) => {
  const { post, meta, folder, app } = await open(t)
  const rows: [FormPart[], number, string, RegExp][] = [
    [[], 400, '/file', /required/],
    [[{ name: 'type', value: 'image/png' }], 400, '/file', /required/],
    [[{ name: 'file', value: 'no filename' }], 400, '/file', /filename/],
    [[file('')], 400, '/file', /empty/],
    [[file('GIF89a......')], 400, '/file', /bytes|GIF|gif|declared/],
    [[file('%PDF-1.7')], 400, '/file', /declared as "image\/png", but its bytes are application\/pdf/],
    [[file(pngOf(), { type: 'image/jpeg' })], 400, '/file', /image\/png/],
    [[file(pngOf()), { name: 'type', value: 'image/gif' }], 400, '/type', /must be one of/],
    [[file(pngOf()), { name: 'type', value: 'image/jpeg' }], 400, '/file', /bytes are image\/png/],
    [[file(pngOf()), { name: 'filename', value: 'x'.repeat(241) }], 400, '/filename', /240/],
    [[file(pngOf()), { name: 'from', value: 'x'.repeat(2_000) }], 400, '/from', /1024/],
    [[file(pngOf()), { name: 'from', value: '1' }, { name: 'from', value: '2' }], 400, '/from', /once/],
    [[file(pngOf()), { name: 'as~b/c', value: '1' }], 400, '/as~0b~1c', /not known/],
    [[file(pngOf(), { name: 'picture' })], 400, '/picture', /not known/],
    [[file(pngOf()), file(pngOf())], 400, '/file', /one file/],
    [[file(pngOf(5_242_881))], 413, '/file', /5242880 of image\/png/],
    [
      [file(Buffer.concat([Buffer.from('OggS'), Buffer.alloc(300)]), { type: 'audio/ogg' })],
      400,
      '/file',
      /Opus|Ogg|ogg/
    ]
  ]
  for (const [parts, statusCode, pointer, detail] of rows) {
    const answer = await post(...parts)
    t.equal(answer.statusCode, statusCode, pointer)
    t.match(answer.headers['content-type'], /application\/problem\+json/)
    t.match(answer.json(), { code: statusCode === 413 ? 'payload_too_large' : 'invalid_media' })
    t.match(answer.json().errors, [{ pointer, detail }])
  }
  const { payload } = formOf(file(pngOf()))
  const others = ['application/json', 'text/plain', 'application/octet-stream', 'application/x-www-form-urlencoded']
  for (const type of others) {
    const headers = { authorization, 'content-type': type }
    t.equal((await app.inject({ method: 'POST', url: '/v1/media', headers, payload })).statusCode, 415, type)
  }
  const headers = { authorization, 'content-type': 'multipart/form-data' }
  t.equal((await app.inject({ method: 'POST', url: '/v1/media', headers, payload })).statusCode, 400, 'no boundary')
  t.equal(meta.uploads.length, 0)
  t.strictSame(await readdir(folder), [])
})

t.test('a number of nobody’s, or of another tenant’s, is 404', async (t) => {
  const { post, meta, db } = await open(t)
  const other = createId()
  await db.insertInto('tenants').values({ id: other, name: 'other' }).execute()
  await saveDefaultNumber(db, { id: '3003', tenantId: other }, 'their token', encryptionKey)
  for (const value of ['3003', '9', '../x', '']) {
    const answer = await post(file(pngOf()), { name: 'from', value })
    t.equal(answer.statusCode, 404, value)
    t.equal(answer.json().code, 'number_not_found')
  }
  t.equal(meta.uploads.length, 0)
})

t.test('Meta’s refusal is 400 with its words, its faults 502, and neither is remembered', async (t) => {
  const refused = { status: 400, body: { error: { message: '(#131053) Media upload error', code: 131053 } } }
  const { post } = await open(t, (index) => [undefined, refused, { status: 500, body: '<html>canary' }][index])
  const first = await post(file(pngOf()))
  t.match([first.statusCode, first.json().code, first.json().detail], [400, 'meta_refused', /131053/])
  const second = await post(file(pngOf()))
  t.match([second.statusCode, second.json().code], [502, 'graph_unavailable'])
  t.notMatch(second.body, /canary/)
  t.equal((await post(file(pngOf()))).json().id, 'media-3')
})

/** A request over a real connection, whose body is written piece by piece. */
function stream(app: Gateway['app'], headers: Record<string, string | number> = {}) {
  const { port } = app.server.address() as AddressInfo
  const type = 'multipart/form-data; boundary=b'
  const all = { authorization, 'content-type': type, ...headers }
  const sending = request({ port, host: '127.0.0.1', path: '/v1/media', method: 'POST', headers: all })
  sending.on('error', () => undefined)
  sending.write('--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n')
  return sending
}

t.test('a file without end is refused at the largest size there is', { timeout: 60_000 }, async (t) => {
  const { app, folder } = await open(t)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const said = stream(app, { 'content-length': 200 * 1024 * 1024 })
  const [early] = await once(said, 'response')
  t.equal(early.statusCode, 413)
  said.destroy()

  const sending = stream(app)
  const chunk = Buffer.alloc(1024 * 1024)
  let written = 0
  const pour = (): void => {
    if (sending.destroyed || written >= 1_000) return
    written += 1
    sending.write(chunk)
  }
  sending.on('drain', pour)
  pour()
  const [answer] = await once(sending, 'response')
  t.equal(answer.statusCode, 413)
  t.ok(written >= 100 && written < 200, `${written} MB were sent`)
  sending.destroy()
  t.strictSame(await readdir(folder), [])
})

t.test('callers that go away in the middle leave nothing behind, and take no place', async (t) => {
  const { app, folder, post, meta } = await open(t)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const before = (await readdir('/proc/self/fd')).length
  for (let round = 0; round < 3; round++) {
    const senders = Array.from({ length: 4 }, () => stream(app))
    for (const sender of senders) sender.write(pngOf(100_000))
    await eventually(async () => (await connections(app)) >= 4)
    await eventually(async () => (await readdir(folder)).length === 0)
    t.pass('not even while the file comes')
    for (const sender of senders) sender.destroy()
    await eventually(async () => (await connections(app)) === 0)
  }
  t.equal((await post(file(pngOf()))).statusCode, 201)
  t.equal(meta.uploads.length, 1)
  await eventually(async () => (await readdir('/proc/self/fd')).length <= before + 3)
})

async function connections({ server }: Gateway['app']): Promise<number> {
  return await new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
  })
}
