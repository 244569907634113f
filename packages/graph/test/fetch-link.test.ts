import { type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { fetchLink, type LinkOptions } from '../src/index.ts'
import { certificate, privateKey } from './certificate.ts'
import { listen } from './servers.ts'

type Answer = (response: ServerResponse, request: IncomingMessage) => void
type Resolve = (hostname: string) => Promise<string[]>

const bytesMax = 1_000

/** A server for files.test on loopback, whose one address counts as public here. */
async function serve(t: Test, answer: Answer, changes: Partial<LinkOptions> = {}) {
  const requests: IncomingMessage[] = []
  const server = createServer({ cert: certificate, key: privateKey }, (request, response) => {
    requests.push(request)
    answer(response, request)
  })
  const { port } = await listen(t, server)
  const lookups: string[] = []
  const resolve: Resolve = async (hostname) => {
    lookups.push(hostname)
    return ['127.0.0.1']
  }
  const isPublic = (address: string): boolean => address === '127.0.0.1'
  const options: LinkOptions = { timeoutMs: 5_000, ca: certificate, port, resolve, isPublic, ...changes }
  const link = (path: string, host = 'files.test') => `https://${host}:${port}${path}`
  const fetch = (path = '/a.png', max = bytesMax) =>
    fetchLink(options, { link: link(path), bytesMax: max }, async ({ contentType, body }) => {
      const chunks: Uint8Array[] = []
      for await (const chunk of body) chunks.push(chunk)
      return { contentType, text: Buffer.concat(chunks).toString() }
    })
  return { requests, lookups, link, fetch }
}

t.test('a file is fetched over TLS, and nothing of ours goes along', async (t) => {
  const server = await serve(t, (response) => response.writeHead(200, { 'content-type': 'image/png' }).end('file'))
  t.strictSame(await server.fetch('/a.png?x=1#y'), { contentType: 'image/png', text: 'file' })
  const [request] = server.requests
  t.match(request, { method: 'GET', url: '/a.png?x=1' })
  const { host: _host, connection: _connection, ...headers } = request?.headers ?? {}
  t.strictSame(headers, { 'user-agent': 'wag-media', accept: '*/*', 'accept-encoding': 'identity' })
})

t.test('a name is resolved once: a rebinding name server cannot move the connection', async (t) => {
  let lookups = 0
  const server = await serve(t, (response) => response.end('file'), {
    resolve: async () => {
      lookups += 1
      return lookups === 1 ? ['127.0.0.1'] : ['127.0.0.2']
    }
  })
  // files.test has no address that the system knows: only the one that was looked at can have been connected to.
  t.match(await server.fetch(), { text: 'file' })
  t.equal(lookups, 1)
  await t.rejects(server.fetch(), { message: /open internet/ }, 'and at the next fetch it is refused')
  t.equal(server.requests.length, 1)
})

t.test('the certificate must be for the name in the link', async (t) => {
  const server = await serve(t, (response) => response.end('file'))
  const options = { timeoutMs: 5_000, ca: certificate, resolve: async () => ['127.0.0.1'], isPublic: () => true }
  const link = server.link('/', 'wrong.test')
  const port = Number(new URL(link).port)
  const receive = async () => 'received'
  await t.rejects(fetchLink({ ...options, port }, { link, bytesMax }, receive), { message: /ERR_TLS_CERT_ALTNAME/ })
  const { ca: _ca, ...without } = options
  const request = { link: server.link('/'), bytesMax }
  await t.rejects(fetchLink({ ...without, port }, request, receive), { message: /SELF_SIGNED/ })
  t.equal(server.requests.length, 0)
})

t.test('three redirects are followed, each looked at like the first link', async (t) => {
  const server = await serve(t, (response, { url }) => {
    const left = Number(url?.slice(1))
    if (left === 0) response.end('file')
    else response.writeHead([301, 302, 303, 307, 308][left] ?? 301, { location: `/${left - 1}` }).end('moved')
  })
  t.match(await server.fetch('/3'), { text: 'file' })
  t.strictSame(server.lookups, Array(4).fill('files.test'))
  await t.rejects(server.fetch('/4'), { code: 'invalid_message', message: /redirects more than 3 times/ })
})

t.test('a redirect leads nowhere that a link may not', async (t) => {
  const targets = [
    'http://169.254.169.254/latest/meta-data/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[::ffff:169.254.169.254]/',
    'https://2852039166/',
    'https://localhost/',
    'http://files.test/',
    'https://user:secret@files.test/',
    'file:///etc/passwd',
    'gopher://files.test/',
    'https://files.test:22/',
    'https://',
    ''
  ]
  const server = await serve(t, (response, { url }) => {
    response.writeHead(302, { location: targets[Number(url?.slice(1))] }).end()
  })
  for (const [index, target] of targets.entries()) {
    await t.rejects(server.fetch(`/${index}`), { code: 'invalid_message', message: /^The link / }, target)
  }
  // The empty one leads back to itself, three times more.
  t.equal(server.requests.length, targets.length + 3)
})

t.test('only 200 is a file', async (t) => {
  const server = await serve(t, (response, { url }) => response.writeHead(Number(url?.slice(1))).end('canary'))
  for (const status of [204, 206, 300, 302, 304, 400, 401, 403, 404, 410, 429, 500, 503]) {
    const message = `The link answered HTTP ${status}`
    await t.rejects(server.fetch(`/${status}`), { code: 'invalid_message', message }, String(status))
  }
})

t.test('a body ends at the most it may have, whatever its length was said to be', async (t) => {
  let written = 0
  const server = await serve(t, (response, { url }) => {
    if (url === '/exact') return void response.end(Buffer.alloc(bytesMax))
    if (url === '/said') return response.writeHead(200, { 'content-length': bytesMax + 1 }).flushHeaders()
    const chunk = Buffer.alloc(64 * 1024)
    const pour = (): void => {
      while (!response.destroyed && response.write(chunk)) written += chunk.length
    }
    response.on('drain', pour)
    pour()
  })
  t.equal((await server.fetch('/exact')).text.length, bytesMax)
  const tooLarge = { code: 'invalid_message', message: /more than 1000 bytes/ }
  await t.rejects(server.fetch('/said'), tooLarge)
  await t.rejects(server.fetch('/endless'), tooLarge)
  t.ok(written < 50_000_000, `${written} bytes were poured out`)
})

t.test('a server that drips, or says nothing, costs the whole time allowed and no more', async (t) => {
  const server = await serve(
    t,
    (response, { url }) => {
      if (url === '/silent') return
      response.writeHead(200)
      const timer = setInterval(() => response.write('.'), 20)
      response.on('close', () => clearInterval(timer))
    },
    { timeoutMs: 400 }
  )
  for (const path of ['/drip', '/silent']) {
    const started = performance.now()
    await t.rejects(server.fetch(path), { code: 'invalid_message', message: /within 400 ms/ }, path)
    t.ok(performance.now() - started < 4_000)
  }
})

t.test('a name server that says nothing costs no more either', async (t) => {
  const server = await serve(t, (response) => response.end(), { timeoutMs: 300, resolve: () => new Promise(() => {}) })
  await t.rejects(server.fetch(), { message: /within 300 ms/ })
})

t.test('what is compressed is refused and not unpacked', async (t) => {
  const bomb = gzipSync(Buffer.alloc(10_000_000))
  const server = await serve(t, (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb))
  await t.rejects(server.fetch('/', 100_000), { code: 'invalid_message', message: /compressed/ })
})

t.test('a connection that breaks is told of by its code alone', async (t) => {
  const server = await serve(t, (response, { url }) => {
    if (url === '/half') {
      response.writeHead(200, { 'content-length': 100 })
      response.write('half', () => response.destroy())
    } else response.destroy()
  })
  for (const path of ['/half', '/none']) {
    await t.rejects(server.fetch(path), { code: 'invalid_message', message: /^The link [a-z ]+ \([A-Z_]+\)$/ }, path)
  }
})

t.test('an error of whoever receives goes through, and the connection is closed', async (t) => {
  let closed = 0
  const server = await serve(t, (response) => {
    response.on('close', () => (closed += 1))
    response.write('half')
  })
  const link = server.link('/')
  const options = {
    timeoutMs: 5_000,
    ca: certificate,
    port: Number(new URL(link).port),
    resolve: async () => ['127.0.0.1'],
    isPublic: () => true
  }
  const failing = fetchLink(options, { link, bytesMax }, async () => {
    throw new Error('the disk is full')
  })
  await t.rejects(failing, { message: 'the disk is full' })
  while (closed === 0) await new Promise((resolve) => setTimeout(resolve, 10))
})
