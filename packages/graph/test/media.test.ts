import { type ServerResponse } from 'node:http'
import t from 'tap'
import { createGraph } from '../src/index.ts'
import { answerJson, freePort, graphOptions, startHttp, startTcp, token } from './servers.ts'

const url = 'https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1'

function answerError(response: ServerResponse, status: number, code: number, subcode?: number): void {
  answerJson(response, status, { error: { message: `(#${code}) Text`, code, error_subcode: subcode } })
}

t.test('a medium is looked up by its id, with the token and the number', async (t) => {
  const server = await startHttp(t, (response) => answerJson(response, 200, { url, mime_type: 'image/png', id: '123' }))
  const graph = createGraph({ ...graphOptions, baseUrl: server.url })
  t.after(() => graph.close())
  const media = await graph.getMedia({ mediaId: '123', phoneNumberId: '2 002', accessToken: token })
  t.same(media, { mediaId: '123', link: url, mimeType: 'image/png' })
  t.match(server.requests, [{ method: 'GET', url: '/v26.0/123?phone_number_id=2%20002', body: '' }])
  t.equal(server.requests[0]?.headers.authorization, `Bearer ${token}`)
})

const rows: [string, (response: ServerResponse) => void, Record<string, unknown>][] = [
  ['404', (response) => answerError(response, 404, 100), { code: 'media_not_found', statusCode: 404 }],
  ['an object that does not exist', (response) => answerError(response, 400, 100, 33), { code: 'media_not_found' }],
  ['a medium that is gone', (response) => answerError(response, 400, 131052), { code: 'media_not_found' }],
  ['HTML 404', (response) => void response.writeHead(404).end('<html>'), { code: 'media_not_found' }],
  ['another refusal', (response) => answerError(response, 400, 100), { code: 'meta_refused', message: '(#100) Text' }],
  ['a dead token', (response) => answerError(response, 401, 190), { code: 'meta_refused', message: '(#190) Text' }],
  ['HTML 403', (response) => void response.writeHead(403).end('<html>'), { code: 'meta_refused' }],
  ['a redirect', (response) => void response.writeHead(307, { location: url }).end(), { code: 'meta_refused' }],
  ['a limit', (response) => answerError(response, 400, 4), { code: 'graph_unavailable' }],
  ['a fault', (response) => answerError(response, 500, 131000), { code: 'graph_unavailable', retryable: true }],
  ['HTML 429', (response) => void response.writeHead(429).end(), { code: 'graph_unavailable' }],
  ['HTML 502', (response) => void response.writeHead(502).end('<html>'), { code: 'graph_unavailable' }],
  ['200 with HTML', (response) => void response.writeHead(200).end('<html>'), { code: 'graph_unavailable' }],
  ['200 without a link', (response) => answerJson(response, 200, { id: '1' }), { code: 'graph_unavailable' }],
  ['200 with no link at all', (response) => answerJson(response, 200, { url: 'x' }), { code: 'graph_unavailable' }],
  [
    'a script for a link',
    (response) => answerJson(response, 200, { url: 'javascript:0' }),
    { code: 'graph_unavailable' }
  ]
]

for (const [name, answer, expected] of rows) {
  t.test(`${name} is ${String(expected.code)}`, async (t) => {
    const server = await startHttp(t, answer)
    const graph = createGraph({ ...graphOptions, baseUrl: server.url })
    t.after(() => graph.close())
    await t.rejects(graph.getMedia({ mediaId: '123', accessToken: token }), { name: 'GatewayError', ...expected })
    t.equal(server.requests.length, 1)
  })
}

t.test('an unreachable Meta is graph_unavailable', async (t) => {
  const resetting = await startTcp(t, (socket) => socket.resetAndDestroy())
  for (const port of [await freePort(t), resetting.port]) {
    const graph = createGraph({ ...graphOptions, baseUrl: `http://127.0.0.1:${port}` })
    t.after(() => graph.close())
    await t.rejects(graph.getMedia({ mediaId: '123', accessToken: token }), { code: 'graph_unavailable' })
  }
})

t.test('what cannot be a media id is not found, and Meta is not asked', async (t) => {
  const server = await startHttp(t, (response) => answerJson(response, 200, { url }))
  const graph = createGraph({ ...graphOptions, baseUrl: server.url })
  t.after(() => graph.close())
  for (const mediaId of ['', '.', '..', 'a/b', 'a?b', 'a b', 'é', '1\n', '%2e', 'x'.repeat(256)]) {
    await t.rejects(
      graph.getMedia({ mediaId, accessToken: token }),
      { code: 'media_not_found' },
      JSON.stringify(mediaId)
    )
  }
  t.equal(server.requests.length, 0)
})
