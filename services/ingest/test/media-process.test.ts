import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createProcess } from '@wag/e2e'
import { eventually, freePort, type TestContext } from '@wag/testkit'
import t from 'tap'
import { startBucket } from '../../../packages/media/test/bucket.ts'
import { bodyOf, message } from './bodies.ts'
import { type HostedMedia, sha256Of, startMeta } from './meta-host.ts'
import { type Bench, openBench, store } from './open.ts'

const megabyte = 1024 * 1024
const main = new URL('../src/main.ts', import.meta.url).pathname

/** Ingest as its own process. */
async function startProcess(t: TestContext, { config }: Bench) {
  const port = await freePort()
  const env = Object.fromEntries(
    Object.entries({ ...config, INGEST_PORT: port }).map(([name, value]) => [name, `${value}`])
  )
  const ingest = createProcess({ name: 'ingest', path: main, env, healthUrl: `http://127.0.0.1:${port}/health/ready` })
  t.teardown(() => ingest.kill())
  await ingest.start()
  return ingest
}

/** The most memory a process has had, in megabytes. */
async function peakOf(pid: number): Promise<number> {
  const [, kilobytes = '0'] = /^VmHWM:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}

/** Stores the messages that bring these media; nobody is rung. */
async function receive(bench: Bench, media: HostedMedia[]): Promise<void> {
  const bodyWith = (one: HostedMedia) => {
    const image = { id: one.id, mime_type: 'image/jpeg', sha256: sha256Of(one).toString('base64') }
    return bodyOf({ messages: [message(one.id, { type: 'image', text: undefined, image })] })
  }
  await store(bench, media.map(bodyWith))
}

async function stored({ db }: Bench, count: number): Promise<boolean> {
  return eventually(
    async () => (await db.selectFrom('media').select('id').where('state', '=', 'stored').execute()).length === count,
    { timeoutMs: 60_000, intervalMs: 100 }
  )
}

const sizes = [1024, 20 * megabyte, 100_000, megabyte, 5 * megabyte]
const many: HostedMedia[] = Array.from({ length: 10 }, (_, index) => ({
  id: `m${index}`,
  bytes: (sizes[index % sizes.length] ?? 0) + index
}))

const places: [string, (t: Tap) => Promise<Partial<Bench['config']>>][] = [
  ['a folder', async (t) => ({ MEDIA_DIR: t.testdir() })],
  ['a bucket', async (t) => (await startBucket(t, true)).config]
]
type Tap = TestContext & { testdir(): string }

for (const [name, configOf] of places) {
  t.test(`memory does not grow with what is fetched into ${name}`, async (t) => {
    const meta = await startMeta(t, many)
    const bench = await openBench(t, { GRAPH_URL: meta.url, LOG_LEVEL: 'warn', ...(await configOf(t)) })
    const ingest = await startProcess(t, bench)
    const before = await peakOf(ingest.pid())
    await receive(bench, many)
    await stored(bench, many.length)
    const peak = await peakOf(ingest.pid())
    t.comment(`${Math.round(before)} MB before, ${Math.round(peak)} MB at most`)
    t.ok(peak < 250, `${Math.round(peak)} MB at most`)
    // Asked for its health while it still connects, it says that it is not ready.
    const lines = ingest.tail().split('\n')
    t.strictSame(
      lines.filter((line) => line !== '' && !line.includes('"not ready"')),
      [],
      'nothing went wrong'
    )
  })
}

t.test('a process killed in the middle of a download: the next one stores it, once', async (t) => {
  const slow: HostedMedia = { id: '1', bytes: 6 * megabyte, quirk: 'slow' }
  const meta = await startMeta(t, [slow])
  const folder = t.testdir()
  await mkdir(join(folder, 'incoming'))
  const bench = await openBench(t, { GRAPH_URL: meta.url, MEDIA_DIR: folder })
  const first = await startProcess(t, bench)
  await receive(bench, [slow])
  await eventually(() => meta.seen.some(({ url }) => url === '/file/1'), { timeoutMs: 20_000 })
  await first.kill()
  meta.release('1')
  await startProcess(t, bench)
  await stored(bench, 1)
  const [row] = await bench.db.selectFrom('media').selectAll().execute()
  t.match(row, { state: 'stored', attempts: 2, bytes: slow.bytes, claim: null })
  const name = sha256Of(slow).toString('hex')
  const file = await readFile(join(folder, row?.tenant_id ?? '', name.slice(0, 2), name))
  t.equal(file.length, slow.bytes)
  const events = await bench.db.selectFrom('events').select('type').orderBy('seq').execute()
  t.strictSame(
    events.map(({ type }) => type),
    ['message.received', 'media.stored']
  )
})
