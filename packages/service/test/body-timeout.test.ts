import { once } from 'node:events'
import { Agent, type ClientRequest, request } from 'node:http'
import { type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { buildShell } from '../src/bare.ts'

const body = '{"a":"bcd"}'

async function open(t: Test) {
  const app = await buildShell({ name: 'test', config: { LOG_LEVEL: 'silent' } })
  t.teardown(() => app.close())
  app.post('/quick', { config: { bodyTimeoutMs: 300 } }, async () => ({ ok: true }))
  app.post('/slow', { config: { bodyTimeoutMs: 60_000 } }, async () => ({ ok: true }))
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const agent = new Agent({ keepAlive: true, maxSockets: 2 })
  t.teardown(() => agent.destroy())
  return (path: string): ClientRequest => {
    const headers = { 'content-type': 'application/json', 'content-length': body.length }
    return request({ port, host: '127.0.0.1', path, method: 'POST', headers, agent })
  }
}

/** What becomes of a request: its answer, or the code of its error. */
async function endOf(sending: ClientRequest): Promise<string> {
  try {
    const [answer] = await once(sending, 'response')
    return await text(answer)
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'another error'
  }
}

t.test('a body that does not end in time is cut, by the time of its own route', async (t) => {
  const begin = await open(t)
  const [quick, slow] = [begin('/quick'), begin('/slow')]
  for (const sending of [quick, slow]) sending.write(body.slice(0, 4))
  t.equal(await endOf(quick), 'ECONNRESET')
  slow.end(body.slice(4))
  t.equal(await endOf(slow), '{"ok":true}')
})

t.test('a connection whose body has come is not cut later', async (t) => {
  const begin = await open(t)
  const sending = begin('/quick')
  sending.end(body)
  t.equal(await endOf(sending), '{"ok":true}')
  await wait(500)
  t.equal(sending.socket?.destroyed, false)
})
