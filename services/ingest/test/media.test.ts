import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { eraseMediaOf } from '@wag/db'
import { eventually } from '@wag/testkit'
import t from 'tap'
import { bodyOf, message } from './bodies.ts'
import { type HostedMedia, sha256Of, startMeta } from './meta-host.ts'
import { accessToken, type Bench, openBench, openIngest, post, settle, tenantId } from './open.ts'

const megabyte = 1024 * 1024

/** A webhook with a message that brings this medium. */
function bodyWith(media: HostedMedia, more: Record<string, unknown> = {}): Buffer {
  const image = { id: media.id, mime_type: 'image/jpeg', sha256: sha256Of(media).toString('base64'), ...more }
  return bodyOf({ messages: [message(`with ${media.id}`, { type: 'image', text: undefined, image })] })
}

/** Waits until nothing is left to fetch; retries do not wait for their time. */
async function fetched({ db }: Bench) {
  await eventually(
    async () => {
      await db
        .updateTable('media')
        .set({ due_at: new Date(0) })
        .where('claim', 'is', null)
        .where('due_at', 'is not', null)
        .execute()
      const left = await db.selectFrom('media').select('id').where('due_at', 'is not', null).execute()
      return left.length === 0
    },
    { timeoutMs: 30_000, intervalMs: 100 }
  )
  return db.selectFrom('media').selectAll().orderBy('meta_id').execute()
}

/** Every file of a store, by its path. */
async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

t.test('every medium comes to its right end, and the token goes to Meta alone', async (t) => {
  const media: HostedMedia[] = [
    { id: '1-small', bytes: 1024 },
    { id: '2-large', bytes: 20 * megabyte },
    { id: '3-slow', bytes: 320 * 1024, quirk: 'slow' },
    { id: '4-stale', bytes: 3000, quirk: 'stale' },
    { id: '5-redirect', bytes: 3000, quirk: 'redirect' },
    { id: '6-redirect-home', bytes: 3001, quirk: 'redirect-home' },
    { id: '7-foreign', bytes: 3000, quirk: 'foreign' },
    { id: '8-wrong', bytes: 3000, quirk: 'wrong' },
    { id: '9-announced', bytes: 21 * megabyte },
    { id: 'a-unannounced', bytes: 21 * megabyte, quirk: 'unannounced' },
    { id: 'b-cut', bytes: 3002, quirk: 'cut' },
    { id: 'c-missing', bytes: 3000, quirk: 'missing' },
    { id: 'd-empty', bytes: 0 }
  ]
  const meta = await startMeta(t, media)
  const folder = t.testdir()
  const bench = await openBench(t, { GRAPH_URL: meta.url, MEDIA_DIR: folder, MEDIA_BYTES_MAX: 20 * megabyte })
  await openIngest(t, bench)
  await post(
    bench,
    media.map((one) => bodyWith(one))
  )
  await settle(bench)
  const rows = await fetched(bench)
  t.strictSame(
    rows.map(({ meta_id, state, bytes }) => [meta_id, state, bytes]),
    [
      ['1-small', 'stored', 1024],
      ['2-large', 'stored', 20 * megabyte],
      ['3-slow', 'stored', 320 * 1024],
      ['4-stale', 'stored', 3000],
      ['5-redirect', 'failed', null],
      ['6-redirect-home', 'stored', 3001],
      ['7-foreign', 'failed', null],
      ['8-wrong', 'failed', null],
      ['9-announced', 'refused', null],
      ['a-unannounced', 'refused', null],
      ['b-cut', 'stored', 3002],
      ['c-missing', 'gone', null],
      ['d-empty', 'stored', 0]
    ]
  )
  for (const row of rows) t.equal(row.error === null, row.state === 'stored', `${row.meta_id} says why: ${row.error}`)

  const stored = media.filter(({ id }) => rows.find(({ meta_id }) => meta_id === id)?.state === 'stored')
  const files = await filesOf(folder)
  t.strictSame(
    files.map((file) => file.split('/').at(-1) ?? '').sort(),
    stored.map((one) => sha256Of(one).toString('hex')).sort()
  )
  for (const file of files)
    t.match((await readFile(file)).length, stored.find((one) => file.endsWith(sha256Of(one).toString('hex')))?.bytes)

  t.ok(meta.stranger.seen.length === 0, 'nobody but Meta is asked')
  t.ok(meta.seen.every(({ userAgent }) => userAgent === 'wag'))
  for (const { url, authorization } of meta.seen) {
    t.equal(authorization, url.startsWith('/open/') ? undefined : `Bearer ${accessToken}`, 'no token on a redirect')
  }
  t.match(meta.seen[0]?.url, /^\/v24\.0\/.*\?phone_number_id=106540352242922$/)

  const events = await bench.db.selectFrom('events').select(['type', 'data']).orderBy('seq').execute()
  t.equal(events.filter(({ type }) => type === 'message.received').length, media.length)
  t.equal(events.filter(({ type }) => type === 'media.stored').length, stored.length)
  t.equal(events.filter(({ type }) => type === 'media.failed').length, media.length - stored.length)
  t.match(events.find(({ data }) => data.link === '/media/8-wrong/' && data.reason)?.data, {
    reason: /hash/,
    direction: 'in'
  })
})

t.test('a message does not wait for its medium', async (t) => {
  const hung: HostedMedia[] = Array.from({ length: 6 }, (_, index) => ({ id: `h${index}`, bytes: 1000, quirk: 'hang' }))
  const meta = await startMeta(t, hung)
  const bench = await openBench(t, { GRAPH_URL: meta.url, MEDIA_DIR: t.testdir() })
  const app = await openIngest(t, bench)
  await post(
    bench,
    hung.map((one) => bodyWith(one))
  )
  await eventually(() => meta.seen.some(({ url }) => url.startsWith('/file/')))
  await post(bench, [bodyOf({ messages: [message('behind')] })])
  await settle(bench)
  const { length } = await bench.db.selectFrom('messages').select('id').execute()
  t.equal(length, 7)
  const started = Date.now()
  await app.close()
  t.ok(Date.now() - started < 4_000, 'nor does the end of the process')
  const rows = await bench.db.selectFrom('media').select(['claim', 'attempts', 'state']).execute()
  t.ok(
    rows.every(({ claim, state }) => claim === null && state === 'pending'),
    'what was begun is given back'
  )
})

t.test('the same file of two messages is stored once, and goes with the last of them', async (t) => {
  const media = { id: '1', bytes: 5000 }
  const meta = await startMeta(t, [media])
  const folder = t.testdir()
  const bench = await openBench(t, { GRAPH_URL: meta.url, MEDIA_DIR: folder })
  await openIngest(t, bench)
  const from = (waId: string, name: string) =>
    bodyOf({ messages: [message(name, { from: waId, type: 'image', text: undefined, image: { id: '1' } })] })
  await post(bench, [from('491700000001', 'a'), from('491700000002', 'b'), from('491700000001', 'a')])
  await settle(bench)
  const rows = await fetched(bench)
  t.strictSame(
    rows.map(({ state }) => state),
    ['stored', 'stored']
  )
  t.equal((await filesOf(folder)).length, 1)
  const contacts = await bench.db.selectFrom('contacts').select('id').orderBy('id').execute()
  await eraseMediaOf(bench.db, tenantId, contacts[0]?.id ?? 0)
  await eventually(async () => (await bench.db.selectFrom('media_garbage').select('hash').execute()).length === 0)
  t.equal((await filesOf(folder)).length, 1, 'the other message has it still')
  await eraseMediaOf(bench.db, tenantId, contacts[1]?.id ?? 0)
  await eventually(async () => (await filesOf(folder)).length === 0)
})

t.test('a medium that is erased while it is fetched leaves nothing', async (t) => {
  const media: HostedMedia = { id: '1', bytes: 640 * 1024, quirk: 'slow' }
  const meta = await startMeta(t, [media])
  const folder = t.testdir()
  const bench = await openBench(t, { GRAPH_URL: meta.url, MEDIA_DIR: folder })
  await openIngest(t, bench)
  await post(bench, [bodyWith(media)])
  await eventually(async () => (await filesOf(folder)).length === 1)
  const [contact] = await bench.db.selectFrom('contacts').select('id').execute()
  t.equal(await eraseMediaOf(bench.db, tenantId, contact?.id ?? 0), 1)
  await eventually(async () => (await filesOf(folder)).length === 0)
  const events = await bench.db.selectFrom('events').select('type').execute()
  t.strictSame(
    events.map(({ type }) => type),
    ['message.received']
  )
})

t.test('without a store nothing is fetched and nothing is lost', async (t) => {
  const media = { id: '1', bytes: 5000 }
  const meta = await startMeta(t, [media])
  const bench = await openBench(t, { GRAPH_URL: meta.url })
  const without = await openIngest(t, bench)
  await post(bench, [bodyWith(media)])
  await settle(bench)
  await without.close()
  t.strictSame(meta.seen, [])
  bench.config.MEDIA_DIR = t.testdir()
  await openIngest(t, bench)
  t.match(await fetched(bench), [{ state: 'stored', bytes: 5000 }])
})

t.test('a bell is enough: nobody waits for the next look', async (t) => {
  const media = { id: '1', bytes: 5000 }
  const meta = await startMeta(t, [media])
  const bench = await openBench(t, { GRAPH_URL: meta.url, MEDIA_DIR: t.testdir(), SWEEP_INTERVAL_MS: 600_000 })
  await openIngest(t, bench)
  await post(bench, [bodyWith(media)])
  await eventually(async () => {
    const [row] = await bench.db.selectFrom('media').select('state').execute()
    return row?.state === 'stored'
  })
})

t.test('a store that is full or away costs time and no medium', async (t) => {
  const media = { id: '1', bytes: 5000 }
  const meta = await startMeta(t, [media])
  const folder = t.testdir({ media: 'a file where the folder should be' })
  const bench = await openBench(t, { GRAPH_URL: meta.url, MEDIA_DIR: join(folder, 'media') })
  await openIngest(t, bench)
  await post(bench, [bodyWith(media)])
  const waiting = await eventually(() =>
    bench.db.selectFrom('media').selectAll().where('error', 'is not', null).executeTakeFirst()
  )
  t.match(waiting, { state: 'pending', error: 'The media store is not available', faults: 0 })
  await rm(join(folder, 'media'))
  t.match(await fetched(bench), [{ state: 'stored', error: null }])
})
