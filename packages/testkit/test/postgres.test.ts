import { chmod, chown, cp, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import t from 'tap'
import { eventually, startPostgres } from '../src/index.ts'

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

const password = 'dev "secret" /\\ 100%'
const dataDir = join(t.testdir(), 'postgres')

t.test('what was committed is there after a stop, and only the password opens it', async (t) => {
  const first = await startPostgres({ dataDir, password, durable: false })
  t.equal((await stat(dataDir)).mode & 0o77, 0, 'nobody else may look into the folder')
  await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS one')
  const wrong = first.url.replace(encodeURIComponent(password), 'guess')
  await t.rejects(query(wrong, 'SELECT 1'), { code: '28P01' })
  await first.stop()
  await first.stop()
  await t.rejects(query(first.url, 'SELECT 1'), { code: 'ECONNREFUSED' })

  const second = await startPostgres({ dataDir, password, durable: false })
  t.teardown(() => second.stop())
  t.strictSame(await query(second.url, 'SELECT one FROM kept'), [{ one: 1 }])
  t.strictSame(await query(second.url, 'SHOW listen_addresses'), [{ listen_addresses: '127.0.0.1' }])
})

t.test('a durable one writes to disk before it says committed', async (t) => {
  const server = await startPostgres({ dataDir, password })
  t.teardown(() => server.stop())
  const names = ['fsync', 'synchronous_commit', 'full_page_writes']
  for (const name of names) t.strictSame(await query(server.url, `SHOW ${name}`), [{ [name]: 'on' }])
})

t.test('a killed server and its stale postmaster.pid do not block the next start', async (t) => {
  const first = await startPostgres({ dataDir, password, durable: false })
  process.kill(first.pid, 'SIGKILL')
  t.equal(await first.exited, 'SIGKILL')
  const second = await startPostgres({ dataDir, password, durable: false })
  await second.stop()
  await writeFile(join(dataDir, 'postmaster.pid'), `${process.pid}\n`)
  const third = await startPostgres({ dataDir, password, durable: false })
  await third.stop()
  t.ok(third.pid, 'although its process id now belongs to somebody else')
})

t.test('a server still running for the folder is ended, not fought with', async (t) => {
  const first = await startPostgres({ dataDir, password, durable: false })
  const second = await startPostgres({ dataDir, password, durable: false })
  t.teardown(() => second.stop())
  t.equal(await first.exited, 'exit code 0', 'by a clean shutdown')
  t.strictSame(await query(second.url, 'SELECT one FROM kept'), [{ one: 1 }])
})

t.test('a folder that is not ours is refused in one sentence and left alone', async (t) => {
  const folder = t.testdir({ PG_VERSION: '15\n' })
  await t.rejects(startPostgres({ dataDir: folder, password }), {
    message: `${folder} was made by PostgreSQL 15, and this one is PostgreSQL 18`
  })
  await writeFile(join(folder, 'PG_VERSION'), 'garbage')
  await t.rejects(startPostgres({ dataDir: folder, password }), {
    message: /made by no version that can be read/
  })
  t.equal(await readFile(join(folder, 'PG_VERSION'), 'utf8'), 'garbage')
  const other = t.testdir({ 'holiday.jpg': '' })
  await t.rejects(startPostgres({ dataDir: other, password }), {
    message: /is not a PostgreSQL data folder/
  })
})

const isRoot = process.getuid?.() === 0
t.test('root can use the folder of another user', { skip: isRoot ? false : 'only root may' }, async (t) => {
  const home = t.testdir()
  await chown(home, 65_534, 65_534)
  await chmod(home, 0o700)
  const options = { dataDir: join(home, 'postgres'), password, durable: false }
  for (const text of ['CREATE TABLE kept (one int)', 'SELECT one FROM kept']) {
    const server = await startPostgres(options)
    t.strictSame(await query(server.url, text), [])
    await server.stop()
  }
})

t.test('a server that cannot start says why', async (t) => {
  const broken = join(t.testdir(), 'broken')
  await cp(dataDir, broken, { recursive: true })
  await chmod(broken, 0o700)
  await writeFile(join(broken, 'global/pg_control'), '')
  await t.rejects(startPostgres({ dataDir: broken, password }), {
    message: /^PostgreSQL did not start: .*pg_control/
  })
})

t.test('a wrong password for an existing folder stops the server again', async (t) => {
  const lines: string[] = []
  await t.rejects(
    startPostgres({
      dataDir,
      password: 'other',
      log: (line) => lines.push(line)
    }),
    { code: '28P01' }
  )
  await eventually(() => lines.some((line) => line.includes('database system is shut down')))
})
