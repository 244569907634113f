import { createHash, randomBytes } from 'node:crypto'
import { readdir, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { type BytesKey, type MediaStore, openMediaStore } from '../src/index.ts'
import { startBucket } from './bucket.ts'

const tenantId = '00000000-0000-7000-8000-000000000001'
const megabyte = 1024 * 1024
const noStore = {
  MEDIA_DIR: '',
  MEDIA_S3_BUCKET: '',
  MEDIA_S3_ENDPOINT: '',
  MEDIA_S3_REGION: 'x',
  MEDIA_S3_ACCESS_KEY_ID: '',
  MEDIA_S3_SECRET_ACCESS_KEY: ''
}

function keyOf(bytes: Buffer): BytesKey {
  return { tenantId, hash: createHash('sha256').update(bytes).digest() }
}

/** Writes in pieces, as they come from a network. */
async function keep(store: MediaStore, bytes: Buffer, expected?: BytesKey): Promise<BytesKey> {
  const sink = await store.create(expected)
  for (let at = 0; at < bytes.length; at += 60_000) await sink.write(bytes.subarray(at, at + 60_000))
  await sink.commit(keyOf(bytes))
  return keyOf(bytes)
}

async function contentOf(store: MediaStore, key: BytesKey, range?: { start: number; end: number }) {
  const body = await store.read(key, range)
  return body && (await buffer(body))
}

async function open(t: Test, config: Parameters<typeof openMediaStore>[0]): Promise<MediaStore> {
  const store = await openMediaStore(config)
  if (!store) throw new Error('no store')
  t.teardown(() => store.close())
  return store
}

const kinds: [string, (t: Test) => Promise<MediaStore>][] = [
  ['a folder', (t) => open(t, { ...noStore, MEDIA_DIR: t.testdir() })],
  ['a bucket', async (t) => open(t, (await startBucket(t)).config)]
]

for (const [name, start] of kinds) {
  t.test(`${name} gives back what was committed, whole and in parts, until it is removed`, async (t) => {
    const store = await start(t)
    await store.check()
    for (const size of [0, 1, 1000, 5 * megabyte, 5 * megabyte + 1, 12 * megabyte]) {
      const bytes = randomBytes(size)
      for (const expected of [undefined, keyOf(bytes)]) {
        const key = await keep(store, bytes, expected)
        t.ok((await contentOf(store, key))?.equals(bytes), `${size} bytes`)
        if (size > 100) t.ok((await contentOf(store, key, { start: 10, end: 99 }))?.equals(bytes.subarray(10, 100)))
        await store.remove(key)
        t.equal(await store.read(key), undefined, 'removed')
        await store.remove(key)
      }
    }
  })

  t.test(`${name} shows nothing of what is aborted, nor a tenant what another has`, async (t) => {
    const store = await start(t)
    const bytes = randomBytes(6 * megabyte)
    const sink = await store.create(keyOf(bytes))
    await sink.write(bytes)
    t.equal(await store.read(keyOf(bytes)), undefined, 'nothing before the commit')
    await sink.abort()
    t.equal(await store.read(keyOf(bytes)), undefined)
    await keep(store, bytes)
    t.equal(await store.read({ ...keyOf(bytes), tenantId: '00000000-0000-7000-8000-000000000002' }), undefined)
  })
}

t.test('files are for their owner alone, and what was killed on the way is tidied up', async (t) => {
  const folder = t.testdir()
  const store = await open(t, { ...noStore, MEDIA_DIR: folder })
  const { hash } = await keep(store, Buffer.from('x'))
  const name = hash.toString('hex')
  t.equal((await stat(join(folder, tenantId, name.slice(0, 2), name))).mode & 0o777, 0o600)
  const sinks = [await store.create(), await store.create()]
  for (const sink of sinks) await sink.write(Buffer.from('left'))
  const [old = ''] = await readdir(join(folder, 'incoming'))
  await utimes(join(folder, 'incoming', old), new Date(0), new Date(0))
  await store.tidy(3_600_000)
  t.equal((await readdir(join(folder, 'incoming'))).length, 1, 'the young one may be under way')
  t.strictSame(await contentOf(store, { tenantId, hash }), Buffer.from('x'))
  for (const sink of sinks) await sink.abort()
})

t.test('uploads to a bucket that were begun and left are tidied up', async (t) => {
  const bucket = await startBucket(t)
  const store = await open(t, bucket.config)
  await (await store.create()).write(randomBytes(6 * megabyte))
  t.equal(bucket.uploads.size, 1)
  await store.tidy(3_600_000)
  t.equal(bucket.uploads.size, 1, 'the young one may be under way')
  bucket.objects.set('incoming/left', Buffer.from('x'))
  await store.tidy(-1_000)
  t.equal(bucket.uploads.size, 0)
  t.strictSame([...bucket.objects.keys()], [])
})

t.test('a large file goes to its place in parts of the smallest size, without a copy', async (t) => {
  const bucket = await startBucket(t)
  const store = await open(t, bucket.config)
  const bytes = randomBytes(11 * megabyte)
  await keep(store, bytes, keyOf(bytes))
  t.strictSame(
    bucket.requests.map((request) => request.replace(/ .*\?/, ' ?')),
    [
      'POST ?uploads',
      'PUT ?partNumber&uploadId&x-id',
      'PUT ?partNumber&uploadId&x-id',
      'PUT ?partNumber&uploadId&x-id',
      'POST ?uploadId'
    ]
  )
  t.ok(bucket.partBytesMax() < 5.1 * megabyte)
})

t.test('a store that is away is told as such', async (t) => {
  const bucket = await startBucket(t)
  const store = await open(t, bucket.config)
  bucket.failures.push(500, 503)
  await keep(store, Buffer.from('x'))
  bucket.failures.push(500, 500, 500)
  await t.rejects(keep(store, Buffer.from('y')), { code: 'media_unavailable' }, 'after three tries')
  const away = await open(t, { ...bucket.config, MEDIA_S3_ENDPOINT: 'http://127.0.0.1:1' })
  await t.rejects(away.read(keyOf(Buffer.from('x'))), { code: 'media_unavailable' })
  const wrongKey = await open(t, { ...bucket.config, MEDIA_S3_ACCESS_KEY_ID: 'wrong' })
  await t.rejects(wrongKey.check(), { code: 'media_unavailable' })
  const file = await open(t, { ...noStore, MEDIA_DIR: '/dev/null/media' })
  await t.rejects(file.check(), { code: 'media_unavailable' })
  t.equal(await openMediaStore(noStore), undefined)
})
