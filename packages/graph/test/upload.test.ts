import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { createGraph, type MediaFile } from '../src/index.ts'
import { answerJson, freePort, graphOptions, listen, startHttp, startTcp, token } from './servers.ts'

const content = Buffer.from('\r\n--the bytes\0of a file--\r\n')

function file(changes: Partial<MediaFile> = {}): MediaFile {
  async function* read() {
    yield content.subarray(0, 5)
    yield content.subarray(5)
  }
  return { mimeType: 'image/png', filename: 'a.png', bytes: content.length, read, ...changes }
}

function open(t: Test, baseUrl: string, timeoutMs = 5_000) {
  const graph = createGraph({ ...graphOptions, baseUrl, timeoutMs })
  t.after(() => graph.close())
  return (changes: Partial<MediaFile> = {}) =>
    graph.uploadMedia({ phoneNumberId: '106540352242922', accessToken: token, file: file(changes) })
}

t.test('a file goes to Meta as a form that any parser reads, with its length known', async (t) => {
  const server = await startHttp(t, (response) => answerJson(response, 200, { id: '4711' }))
  const upload = open(t, server.url)
  const filename = 'a "b"\r\nx: y; é.png'
  t.equal(await upload({ filename }), '4711')
  const [request] = server.requests
  t.match(request, { method: 'POST', url: '/v26.0/106540352242922/media' })
  const { headers, body } = request ?? { headers: {}, body: '' }
  t.equal(headers.authorization, `Bearer ${token}`)
  t.equal(headers['content-length'], String(Buffer.byteLength(body)))
  t.equal(headers['transfer-encoding'], undefined)
  const form = await new Response(body, { headers: { 'content-type': headers['content-type'] ?? '' } }).formData()
  t.strictSame([...form.keys()], ['messaging_product', 'type', 'file'])
  t.equal(form.get('messaging_product'), 'whatsapp')
  t.equal(form.get('type'), 'image/png')
  const part = form.get('file')
  if (!(part instanceof File)) return t.fail('the file is a file')
  t.equal(part.type, 'image/png')
  t.equal(part.name, filename)
  t.equal(await part.text(), content.toString())
})

const rows: [string, (response: ServerResponse) => void, Record<string, unknown>][] = [
  [
    'a file Meta refuses',
    (response) =>
      answerJson(response, 400, {
        error: { message: '(#131053) Media upload error', code: 131053, error_data: { details: 'Not an image' } }
      }),
    { code: 'meta_refused', message: '(#131053) Media upload error: Not an image' }
  ],
  [
    'a dead token',
    (response) => answerJson(response, 401, { error: { message: '(#190) Text', code: 190 } }),
    { code: 'meta_refused' }
  ],
  [
    'a limit',
    (response) => answerJson(response, 400, { error: { message: 'x', code: 80007 } }),
    { code: 'graph_unavailable' }
  ],
  [
    'a fault',
    (response) => answerJson(response, 500, { error: { message: 'x', code: 1 } }),
    { code: 'graph_unavailable' }
  ],
  [
    'HTML',
    (response) => void response.writeHead(502).end('<html>canary'),
    { code: 'graph_unavailable', statusCode: 502 }
  ],
  ['HTML 413', (response) => void response.writeHead(413).end('<html>'), { code: 'graph_unavailable' }],
  ['no id', (response) => answerJson(response, 200, {}), { code: 'graph_unavailable' }],
  ['no id at all', (response) => answerJson(response, 200, { id: '../x' }), { code: 'graph_unavailable' }]
]

for (const [name, answer, expected] of rows) {
  t.test(`${name} is ${String(expected.code)}`, async (t) => {
    const server = await startHttp(t, answer)
    await t.rejects(open(t, server.url)(), { name: 'GatewayError', ...expected })
    t.equal(server.requests.length, 1, 'and is not repeated')
  })
}

t.test('a Meta that is away, cuts, or says nothing is graph_unavailable, in time', async (t) => {
  const resetting = await startTcp(t, (socket) => socket.resetAndDestroy())
  const silent = await startTcp(t, () => undefined)
  for (const port of [await freePort(t), resetting.port, silent.port]) {
    await t.rejects(open(t, `http://127.0.0.1:${port}`, 500)(), { code: 'graph_unavailable' })
  }
})

t.test('a file that cannot be read to its end is no upload, and does not hold the connection', async (t) => {
  const server = await startHttp(t, (response) => answerJson(response, 200, { id: '4711' }))
  const upload = open(t, server.url)
  async function* failing() {
    yield content.subarray(0, 5)
    throw new Error('EIO')
  }
  await t.rejects(upload({ read: failing }), { code: 'graph_unavailable' })
  await t.rejects(upload({ bytes: content.length + 1 }), { code: 'graph_unavailable' })
  t.equal(await upload(), '4711')
})

t.test('a file is read only as fast as Meta takes it', async (t) => {
  const sockets: Socket[] = []
  const server = createServer((request, response) => {
    sockets.push(request.socket)
    request.pause()
    response.on('close', () => undefined)
  })
  const { port } = await listen(t, server)
  let read = 0
  const bytes = 100 * 1024 * 1024
  async function* large() {
    for (; read < bytes; read += 65_536) yield Buffer.alloc(65_536)
  }
  const uploading = open(t, `http://127.0.0.1:${port}`)({ bytes, read: large })
  const refused = t.rejects(uploading, { code: 'graph_unavailable' })
  await once(server, 'request')
  let before = -1
  while (read !== before) {
    before = read
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  t.ok(read < 20_000_000, `${read} bytes were read ahead`)
  for (const socket of sockets) socket.destroy()
  await refused
})
