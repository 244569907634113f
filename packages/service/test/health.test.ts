import { GatewayError } from '@wag/contracts'
import t from 'tap'
import { buildShell } from '../src/index.ts'
import { openShell } from './shell.ts'

t.test('a service is ready while all it needs works', async (t) => {
  const app = await openShell(t, { checks: { one: async () => undefined, two: async () => undefined } })
  const answer = await app.inject('/health/ready')
  t.equal(answer.statusCode, 200)
  t.strictSame(answer.json(), { status: 'ok', checks: { one: 'ok', two: 'ok' } })
})

t.test('what does not work is named with its reason, and the process stays alive', async (t) => {
  const checks = {
    fine: async () => undefined,
    ours: async () => {
      throw new GatewayError('redis_unavailable', 'Redis may evict keys')
    },
    theirs: async () => {
      throw new Error('password authentication failed for user "canary" at db.internal')
    }
  }
  const app = await openShell(t, { checks })
  const answer = await app.inject('/health/ready')
  t.equal(answer.statusCode, 503)
  t.strictSame(answer.json(), {
    status: 'unavailable',
    checks: { fine: 'ok', ours: 'Redis may evict keys', theirs: 'unreachable' }
  })
  t.equal((await app.inject('/health/live')).statusCode, 200)
})

t.test('a check that hangs is not waited for', async (t) => {
  const app = await openShell(t, { checks: { hangs: () => new Promise(() => undefined) } })
  const startedAt = performance.now()
  t.equal((await app.inject('/health/ready')).statusCode, 503)
  t.ok(performance.now() - startedAt < 3_000)
})

t.test('a service that is being stopped is no longer ready', async (t) => {
  const app = await buildShell({ name: 'test', config: { LOG_LEVEL: 'silent' } })
  const seen: number[] = []
  app.addHook('preClose', async () => {
    const { port } = app.server.address() as { port: number }
    seen.push((await fetch(`http://127.0.0.1:${port}/health/ready`)).status)
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  await app.close()
  t.strictSame(seen, [503])
})

t.test('metrics tell route patterns and never addresses', async (t) => {
  const app = await openShell(t)
  app.get('/contacts/:id', async () => 'x')
  await app.inject('/contacts/491701234567?token=canary')
  const { body } = await app.inject('/metrics')
  t.match(body, /http_request_duration_seconds_count\{[^}]*route="\/contacts\/:id"[^}]*\} 1/)
  t.notMatch(body, /491701234567|canary/)
})
