import { type IncomingMessage } from 'node:http'
import { startHttp, type TestContext } from '@wag/testkit'
import t from 'tap'
import { authorization, openGateway } from './open.ts'

const headers = { authorization }

/** Stands in for Meta: answers every request with the same. */
async function startGraph(t: TestContext, status: number, body: unknown) {
  const requests: Pick<IncomingMessage, 'url' | 'headers'>[] = []
  const url = await startHttp(t, (request, response) => {
    requests.push({ url: request.url ?? '', headers: request.headers })
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  return { url, requests }
}

t.test('a medium is told with Meta’s link and type, with or without a slash', async (t) => {
  const link = 'https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1&hash=x'
  const graph = await startGraph(t, 200, { url: link, mime_type: 'image/jpeg', sha256: 'x', id: '123' })
  const { app } = await openGateway(t, { GRAPH_URL: graph.url })
  for (const url of ['/media/123/', '/media/123']) {
    const answer = await app.inject({ url, headers })
    t.equal(answer.statusCode, 200)
    t.strictSame(answer.json(), { media_id: '123', link, mime_type: 'image/jpeg' })
  }
  t.match(graph.requests[0], { url: '/v24.0/123', headers: { authorization: 'Bearer a token' } })
})

t.test('a medium that Meta does not have is 404 in the documented shape', async (t) => {
  const error = { message: 'Unsupported get request', code: 100, error_subcode: 33 }
  for (const graph of [await startGraph(t, 400, { error }), await startGraph(t, 404, 'gone')]) {
    const { app } = await openGateway(t, { GRAPH_URL: graph.url })
    const answer = await app.inject({ url: '/media/123/', headers })
    t.equal(answer.statusCode, 404)
    t.strictSame(answer.json(), { status: 'error', message: 'Media not found' })
  }
})

t.test('what cannot be an id never reaches Meta', async (t) => {
  const graph = await startGraph(t, 200, {})
  const { app } = await openGateway(t, { GRAPH_URL: graph.url })
  for (const id of ['..', '%2e%2e%2fme', 'a%2Fb', 'a%3Ffields=x', 'me%23', '%00', 'x'.repeat(300)]) {
    const answer = await app.inject({ url: `/media/${id}/`, headers })
    t.equal(answer.statusCode, 404, id)
    t.equal(answer.json().status, 'error')
  }
  t.strictSame(graph.requests, [])
})

t.test('Meta’s refusals are 400 with its words, its faults 502 with ours', async (t) => {
  const refusing = await startGraph(t, 401, { error: { message: 'Error validating access token', code: 190 } })
  const broken = await startGraph(t, 500, '<html>canary</html>')
  const refused = await (await openGateway(t, { GRAPH_URL: refusing.url })).app.inject({ url: '/media/1/', headers })
  t.equal(refused.statusCode, 400)
  t.strictSame(refused.json(), { status: 'error', message: 'Error validating access token' })
  for (const GRAPH_URL of [broken.url, 'http://127.0.0.1:1']) {
    const { app } = await openGateway(t, { GRAPH_URL })
    const answer = await app.inject({ url: '/media/1/', headers })
    t.equal(answer.statusCode, 502)
    t.equal(answer.json().status, 'error')
    t.notMatch(answer.body, /canary|a token/)
  }
})
