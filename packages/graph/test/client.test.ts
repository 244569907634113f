import { getEventListeners } from 'node:events'
import t from 'tap'
import { createGraph } from '../src/index.ts'
import { accept, graphOptions, sendRequest, startHttp, token } from './servers.ts'

t.test('a send is one POST with the token, the payload and our id', async (t) => {
  const server = await startHttp(t, (response) => accept(response))
  const graph = createGraph({ ...graphOptions, baseUrl: server.url, userAgent: 'wag/test' })
  t.after(() => graph.close())
  t.same(await graph.send(sendRequest()), { kind: 'sent', wamid: 'wamid.ACCEPTED', waId: '491700000001' })
  t.equal(server.requests.length, 1)
  const [request] = server.requests
  t.match(request, { method: 'POST', url: '/v26.0/106540352242922/messages' })
  t.match(request?.headers, {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'user-agent': 'wag/test'
  })
  t.same(JSON.parse(request?.body ?? ''), {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: '+491700000001',
    type: 'text',
    text: { body: 'canary text' },
    biz_opaque_callback_data: '0193b2c4-7d5e-7000-8000-000000000001'
  })
})

t.test('a base URL may hold a path, and ids cannot leave their place in it', async (t) => {
  const server = await startHttp(t, (response) => accept(response))
  const graph = createGraph({ ...graphOptions, baseUrl: `${server.url}/graph/` })
  t.after(() => graph.close())
  await graph.send(sendRequest({ phoneNumberId: '1/../2?x=\ud800' }))
  t.equal(server.requests[0]?.url, '/graph/v26.0/1%2F..%2F2%3Fx%3D%EF%BF%BD/messages')
})

t.test('sends share connections, never more than allowed, and one signal', async (t) => {
  const warnings: Error[] = []
  const onWarning = (warning: Error): number => warnings.push(warning)
  process.on('warning', onWarning)
  t.after(() => void process.off('warning', onWarning))
  const ports = new Set<number>()
  const server = await startHttp(t, (response) => {
    ports.add(response.socket?.remotePort ?? 0)
    setTimeout(() => accept(response), 2)
  })
  const graph = createGraph({ ...graphOptions, baseUrl: server.url })
  t.after(() => graph.close())
  const { signal } = new AbortController()
  const sends = Array.from({ length: 100 }, (_, i) => graph.send(sendRequest({ callbackData: `id-${i}`, signal })))
  const outcomes = await Promise.all(sends)
  t.ok(outcomes.every(({ kind }) => kind === 'sent'))
  const ids = server.requests.map(({ body }) => (JSON.parse(body) as Record<string, unknown>).biz_opaque_callback_data)
  t.equal(new Set(ids).size, 100)
  t.equal(server.requests.length, 100)
  t.equal(ports.size, graphOptions.connectionsMax)
  t.same(warnings, [])
  t.same(getEventListeners(signal, 'abort'), [], 'a signal that lives as long as the process keeps nothing')
})

t.test('a send that waits for a connection and is stopped never reaches Meta', async (t) => {
  const server = await startHttp(t, (response) => void setTimeout(() => accept(response), 150))
  const graph = createGraph({ ...graphOptions, baseUrl: server.url, connectionsMax: 1 })
  t.after(() => graph.close())
  const stop = new AbortController()
  const first = graph.send(sendRequest({ callbackData: 'first' }))
  const second = graph.send(sendRequest({ callbackData: 'second', signal: stop.signal }))
  const third = graph.send(sendRequest({ callbackData: 'third' }))
  stop.abort()
  t.match(await second, { kind: 'unsent', error: { message: /stopped/ } })
  t.match(await Promise.all([first, third]), [{ kind: 'sent' }, { kind: 'sent' }])
  t.same(
    server.requests.map(({ body }) => /first|second|third/.exec(body)?.[0]),
    ['first', 'third']
  )
})

t.test('a send that is stopped before it begins reaches nobody', async (t) => {
  const server = await startHttp(t, (response) => accept(response))
  const graph = createGraph({ ...graphOptions, baseUrl: server.url })
  t.after(() => graph.close())
  t.match(await graph.send(sendRequest({ signal: AbortSignal.abort() })), { kind: 'unsent' })
  t.equal(server.requests.length, 0)
})

t.test('a send that is stopped on its way is unknown', async (t) => {
  const stop = new AbortController()
  const server = await startHttp(t, () => stop.abort())
  const graph = createGraph({ ...graphOptions, baseUrl: server.url })
  t.after(() => graph.close())
  t.match(await graph.send(sendRequest({ signal: stop.signal })), { kind: 'unknown', error: { message: /stopped/ } })
  t.equal(server.requests.length, 1)
})

t.test('a token that no header can carry fails, and is not quoted', async (t) => {
  const server = await startHttp(t, (response) => accept(response))
  const graph = createGraph({ ...graphOptions, baseUrl: server.url })
  t.after(() => graph.close())
  for (const accessToken of ['', 'canary\n', 'canary\r\nx: y', 'canäry', 'canary token']) {
    const outcome = await graph.send(sendRequest({ accessToken }))
    t.match(outcome, { kind: 'failed', class: 'auth_fatal' })
    t.notMatch(JSON.stringify(outcome), /canary/)
  }
  t.equal(server.requests.length, 0)
})

t.test('closing lets what is under way finish, and then sends nothing', async (t) => {
  const server = await startHttp(t, (response) => void setTimeout(() => accept(response), 50))
  const graph = createGraph({ ...graphOptions, baseUrl: server.url })
  const sending = graph.send(sendRequest())
  await graph.close()
  t.match(await sending, { kind: 'sent' })
  t.match(await graph.send(sendRequest()), { kind: 'unsent' })
  t.equal(server.requests.length, 1)
})
