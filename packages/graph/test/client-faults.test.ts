import { type ServerResponse } from 'node:http'
import { type Socket } from 'node:net'
import t from 'tap'
import { createGraph, type SendOutcome } from '../src/index.ts'
import { accept, answerJson, freePort, graphOptions, sendRequest, startHttp, startTcp, token } from './servers.ts'

const timeoutMs = 400

async function sendTo(baseUrl: string): Promise<SendOutcome> {
  const graph = createGraph({ ...graphOptions, timeoutMs, baseUrl })
  try {
    return await graph.send(sendRequest())
  } finally {
    await graph.close()
  }
}

const html = '<!doctype html><title>Error</title>'
const accepted = JSON.stringify({ messages: [{ id: 'wamid.A' }] })
const head = (length: number): string => `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`

function answerHtml(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'text/html' }).end(html)
}

// The message was on the wire when these happened.
const connections: [string, (socket: Socket) => void, Partial<SendOutcome>['kind']][] = [
  ['a reset before the answer', (socket) => socket.resetAndDestroy(), 'unknown'],
  ['an end before the answer', (socket) => socket.end(), 'unknown'],
  ['an end within the headers', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-'), 'unknown'],
  ['an end within the body', (socket) => socket.end(`${head(200)}${accepted}`), 'unknown'],
  ['a reset within the body', (socket) => socket.write(`${head(200)}{`, () => socket.resetAndDestroy()), 'unknown'],
  [
    'an end within a chunk',
    (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{'),
    'unknown'
  ],
  ['an answer that is no HTTP', (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'), 'unknown'],
  ['no answer', () => undefined, 'unknown'],
  ['headers and no body', (socket) => socket.write(head(200)), 'unknown'],
  ['103 and no answer', (socket) => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'), 'unknown'],
  [
    '103 and an answer',
    (socket) => socket.end(`HTTP/1.1 103 Early Hints\r\n\r\n${head(accepted.length)}${accepted}`),
    'sent'
  ],
  ['a body until the end of the connection', (socket) => socket.end(`HTTP/1.1 200 OK\r\n\r\n${accepted}`), 'sent']
]

for (const [name, onData, kind] of connections) {
  t.test(`${name}: ${kind}, and written once`, async (t) => {
    const server = await startTcp(t, onData)
    t.match(await sendTo(server.url), { kind })
    t.equal(server.requests(), 1)
  })
}

const answers: [string, (response: ServerResponse) => void, Record<string, unknown>][] = [
  ['HTML 500', (response) => answerHtml(response, 500), { kind: 'unknown' }],
  ['HTML 503', (response) => answerHtml(response, 503), { kind: 'unknown' }],
  ['HTML 408', (response) => answerHtml(response, 408), { kind: 'unknown' }],
  ['HTML 429', (response) => answerHtml(response, 429), { kind: 'throttled', scope: 'number' }],
  ['HTML 404', (response) => answerHtml(response, 404), { kind: 'failed' }],
  ['200 with HTML', (response) => answerHtml(response, 200), { kind: 'unknown' }],
  ['200 with nothing', (response) => void response.writeHead(200).end(), { kind: 'unknown' }],
  ['200 without an id', (response) => answerJson(response, 200, { messages: [] }), { kind: 'unknown' }],
  [
    '429 with a Retry-After',
    (response) => void response.writeHead(429, { 'retry-after': '9' }).end(),
    { kind: 'throttled', retryAfterMs: 9000 }
  ],
  [
    '2 MB under a 200',
    (response) => void response.writeHead(200).end(`${accepted}${' '.repeat(2_000_000)}`),
    { kind: 'unknown', error: { message: /too large/ } }
  ],
  [
    'a body that drips',
    (response) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write('{'), 50)
      response.on('close', () => clearInterval(timer))
    },
    { kind: 'unknown', error: { message: /timed out after 400 ms/ } }
  ],
  [
    "Meta's error",
    (response) => answerJson(response, 400, { error: { code: 131056, message: 'Pair' } }),
    { kind: 'throttled', scope: 'pair', error: { code: 131056, message: 'Pair' } }
  ]
]

for (const [name, answer, expected] of answers) {
  t.test(`${name}: ${String(expected.kind)}, and written once`, async (t) => {
    const server = await startHttp(t, answer)
    const outcome = await sendTo(server.url)
    t.match(outcome, expected)
    t.equal(server.requests.length, 1)
    for (const secret of [token, '491700000001', 'canary text']) t.notOk(JSON.stringify(outcome).includes(secret))
  })
}

t.test('a redirect is not followed: neither message nor token goes to another host', async (t) => {
  for (const status of [301, 302, 303, 307, 308]) {
    const other = await startHttp(t, (response) => accept(response))
    const server = await startHttp(t, (response) => {
      response.writeHead(status, { location: `${other.url}/v26.0/1/messages` }).end()
    })
    t.match(await sendTo(server.url), { kind: 'failed' })
    t.equal(server.requests.length, 1)
    t.equal(other.requests.length, 0)
  }
})

t.test('what never reached a connection is unsent', async (t) => {
  const port = await freePort(t)
  const silent = await startTcp(t, () => undefined)
  const resetting = await startTcp(t, (socket) => socket.resetAndDestroy())
  const plain = await startHttp(t, (response) => accept(response))
  const rows: [string, string][] = [
    ['refused', `http://127.0.0.1:${port}`],
    ['no such host', 'http://wag.invalid'],
    ['a TLS handshake that is never answered', `https://127.0.0.1:${silent.port}`],
    ['a reset in the TLS handshake', `https://127.0.0.1:${resetting.port}`],
    ['a server without TLS', `https://127.0.0.1:${plain.port}`]
  ]
  for (const [name, url] of rows) {
    const outcome = await sendTo(url)
    t.match(outcome, { kind: 'unsent' }, name)
    t.notMatch(JSON.stringify(outcome), /127\.0\.0\.1|invalid/, 'hosts stay out of the message')
  }
  t.equal(silent.requests() + resetting.requests() + plain.requests.length, 0)
})

t.test('a kept connection that dies under the second send: that one is unknown and not repeated', async (t) => {
  const server = await startTcp(t, (socket, index) => {
    if (index === 0) socket.write(`${head(accepted.length)}${accepted}`)
    else socket.resetAndDestroy()
  })
  const graph = createGraph({ ...graphOptions, timeoutMs, baseUrl: server.url })
  t.after(() => graph.close())
  t.match(await graph.send(sendRequest()), { kind: 'sent' })
  t.match(await graph.send(sendRequest()), { kind: 'unknown' })
  t.equal(server.requests(), 2)
})

t.test('connections that close after each answer cost no send, and none goes out twice', async (t) => {
  const server = await startTcp(t, (socket) => socket.end(`${head(accepted.length)}${accepted}`))
  const graph = createGraph({ ...graphOptions, baseUrl: server.url })
  t.after(() => graph.close())
  const outcomes = await Promise.all(Array.from({ length: 200 }, () => graph.send(sendRequest())))
  const started = outcomes.filter(({ kind }) => kind === 'sent' || kind === 'unknown').length
  t.equal(server.requests(), started)
  t.ok(started > 0)
})

t.test('a server that comes back is used again', async (t) => {
  const port = await freePort(t)
  const graph = createGraph({ ...graphOptions, baseUrl: `http://127.0.0.1:${port}` })
  t.after(() => graph.close())
  t.match(await graph.send(sendRequest()), { kind: 'unsent' })
  const server = await startHttp(t, (response) => accept(response), port)
  t.match(await graph.send(sendRequest()), { kind: 'sent' })
  t.equal(server.requests.length, 1)
})
