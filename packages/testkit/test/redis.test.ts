import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { findRedis } from '../src/find-redis.ts'
import { startRedis } from '../src/index.ts'

async function ask(url: string, ...lines: string[]): Promise<string> {
  const { hostname, port, password } = new URL(url)
  const socket = connect(Number(port), hostname)
  const auth = password === '' ? [] : [`AUTH ${password}`]
  socket.end([...auth, ...lines, 'QUIT', ''].join('\r\n'))
  let reply = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    reply += chunk
  })
  await once(socket, 'close')
  return reply
}

t.test('a durable Redis keeps its keys, asks for its password and never evicts', async (t) => {
  const dataDir = join(t.testdir(), 'redis')
  const first = await startRedis({
    dataDir,
    password: 'secret',
    durable: true
  })
  t.match(await ask(first.url, 'SET kept 1'), '+OK')
  t.match(await ask(`redis://127.0.0.1:${first.port}`, 'GET kept'), '-NOAUTH')
  t.match(await ask(first.url, 'CONFIG GET maxmemory-policy'), 'noeviction')
  t.equal((await stat(join(dataDir, 'redis.conf'))).mode & 0o77, 0, 'the password is for us alone')
  await first.stop()

  const second = await startRedis({
    dataDir,
    password: 'secret',
    durable: true
  })
  t.teardown(() => second.stop())
  t.match(await ask(second.url, 'GET kept'), '$1\r\n1')
})

t.test('a server still running for the folder is ended', async (t) => {
  const dataDir = t.testdir()
  const first = await startRedis({ dataDir })
  const second = await startRedis({ dataDir })
  t.teardown(() => second.stop())
  t.equal(await first.exited, 'exit code 0')
  t.match(await ask(second.url, 'PING'), '+PONG')
})

t.test('a stopped server can still be ended', async (t) => {
  const server = await startRedis({ dataDir: t.testdir() })
  process.kill(server.pid, 'SIGSTOP')
  await server.stop()
  await t.rejects(ask(server.url, 'PING'), { code: 'ECONNREFUSED' })
})

t.test('without any redis-server the stand-in works and says so', async (t) => {
  const lines: string[] = []
  const server = await startRedis({
    dataDir: t.testdir(),
    kinds: ['javascript'],
    log: (line) => lines.push(line)
  })
  t.teardown(() => server.stop())
  t.equal(server.kind, 'javascript')
  t.match(lines[0], /WARNING: no redis-server was found/)
  t.match(await ask(server.url, '*1\r\n$4\r\nPING'), '+PONG')
})

t.test('no kind at all is an error that says what to do', async (t) => {
  await t.rejects(findRedis([]), { message: /set REDIS_URL/ })
})
