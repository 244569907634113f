import { sign } from '@wag/graph'
import { eventually, startTestPostgres, startTestRedis } from '@wag/testkit'
import t from 'tap'
import { freeze } from './freeze.ts'
import { addContact, appSecret, authorization, type Gateway, openGateway } from './open.ts'

const body = Buffer.from('{"entry":[]}')
const to = '491700000001'
const headers = { authorization }

function webhook({ app }: Gateway) {
  const signature = { 'x-hub-signature-256': sign(body, appSecret), 'content-type': 'application/json' }
  return timed(() => app.inject({ method: 'POST', url: '/whatsapp-webhook/', headers: signature, payload: body }))
}

function template({ app }: Gateway) {
  const payload = { to_phone_number: to, template_name: 'a' }
  return timed(() => app.inject({ method: 'POST', url: '/send-template-message/', headers, payload }))
}

async function timed(call: () => Promise<{ statusCode: number; headers: Record<string, unknown>; json(): unknown }>) {
  const startedAt = performance.now()
  const answer = await call()
  return {
    status: answer.statusCode,
    retry: answer.headers['retry-after'],
    ms: performance.now() - startedAt,
    body: answer.json()
  }
}

t.test('a ledger that is gone is 503 at once, for Meta and for callers, and nothing was promised', async (t) => {
  const server = await startTestPostgres(t)
  const gateway = await openGateway(t, { DATABASE_URL: server.url, SEND_WAIT_MS: 0 })
  t.equal((await webhook(gateway)).status, 200)
  t.equal((await template(gateway)).status, 202)
  server.kill()
  await server.exited
  for (const call of [webhook, template]) {
    const answer = await call(gateway)
    t.match(answer, { status: 503, retry: '1', body: { status: 'error', message: /not known/ } })
    t.ok(answer.ms < 2_000, `${Math.round(answer.ms)} ms`)
  }
  t.equal((await gateway.app.inject('/health/live')).statusCode, 200)
})

t.test('a ledger that hangs is 503 within two seconds, and is used again when it goes on', async (t) => {
  const server = await startTestPostgres(t)
  const gateway = await openGateway(t, { DATABASE_URL: server.url, SEND_WAIT_MS: 0 })
  const id = await addContact(gateway, to)
  t.equal((await template(gateway)).status, 202)
  const pids = await freeze(server.pid)
  const send = () =>
    timed(() =>
      gateway.app.inject({
        method: 'POST',
        url: `/${id}/send_message/`,
        headers,
        payload: { to, type: 'text', body: 'x' }
      })
    )
  const list = () => timed(() => gateway.app.inject({ url: '/contacts/', headers }))
  try {
    const answers = await Promise.all([webhook(gateway), template(gateway), send(), list()])
    for (const answer of answers) {
      t.match(answer, { status: 503, body: { status: 'error', message: /not known/ } })
      t.ok(answer.ms < 2_200, `${Math.round(answer.ms)} ms`)
    }
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGCONT')
  }
  await eventually(async () => (await webhook(gateway)).status === 200)
  await eventually(async () => (await template(gateway)).status === 202)
})

t.test('without Redis sends and webhooks are accepted, as fast as ever', async (t) => {
  const server = await startTestRedis(t)
  const gateway = await openGateway(t, { REDIS_URL: server.url, SEND_WAIT_MS: 0 })
  t.equal((await webhook(gateway)).status, 200)
  for (const fault of ['hangs', 'is gone'] as const) {
    if (fault === 'hangs') process.kill(server.pid, 'SIGSTOP')
    else {
      server.kill()
      await server.exited
    }
    for (const [call, status] of [
      [webhook, 200],
      [template, 202]
    ] as const) {
      const answer = await call(gateway)
      t.equal(answer.status, status, fault)
      t.ok(answer.ms < 1_000, `${Math.round(answer.ms)} ms`)
    }
  }
})

t.test('a gateway starts without Redis, says that it is not ready, and takes up work all the same', async (t) => {
  const server = await startTestPostgres(t)
  const gateway = await openGateway(t, { DATABASE_URL: server.url, REDIS_URL: 'redis://127.0.0.1:1', SEND_WAIT_MS: 0 })
  t.equal((await gateway.app.inject('/health/live')).statusCode, 200)
  t.equal((await gateway.app.inject('/health/ready')).statusCode, 503)
  t.equal((await webhook(gateway)).status, 200)
})
