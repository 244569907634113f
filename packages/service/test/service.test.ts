import { createTestDatabase, createTestRedis, eventually, startTestPostgres, startTestRedis } from '@wag/testkit'
import t from 'tap'
import { buildService, every, type ServiceConfig } from '../src/index.ts'

const ignore = (): void => undefined

function configOf(database: string, redis: string, prefix = 'test'): ServiceConfig {
  return { LOG_LEVEL: 'silent', DATABASE_URL: database, DATABASE_POOL_MAX: 2, REDIS_URL: redis, REDIS_PREFIX: prefix }
}

async function open(t: Parameters<typeof createTestRedis>[0], config: ServiceConfig) {
  const service = await buildService({ name: 'test', config })
  t.teardown(() => service.app.close())
  return service
}

function readiness({ app }: Awaited<ReturnType<typeof open>>) {
  return app.inject('/health/ready').then((answer) => ({ status: answer.statusCode, checks: answer.json().checks }))
}

t.test('a service can be built twice in one process, and each closes what it opened', async (t) => {
  const { url, prefix } = await createTestRedis(t)
  const config = configOf(await createTestDatabase(t), url, prefix)
  const services = [await open(t, config), await open(t, config)]
  for (const service of services) {
    await eventually(async () => (await readiness(service)).status === 200)
    t.strictSame(await readiness(service), { status: 200, checks: { postgres: 'ok', redis: 'ok' } })
  }
})

t.test('readiness is a real write to both stores', async (t) => {
  const { url, prefix } = await createTestRedis(t)
  const service = await open(t, configOf(await createTestDatabase(t), url, prefix))
  await eventually(async () => (await readiness(service)).status === 200)
  t.equal((await service.db.selectFrom('heartbeats').select('name').execute()).length, 1)
  t.ok(await service.redis.exists(`${prefix}:health:test`))
})

t.test('stores that are away when a service starts do not keep it from starting', async (t) => {
  const service = await open(t, configOf('postgres://u@127.0.0.1:1/x', 'redis://127.0.0.1:1'))
  await service.app.ready()
  const { status, checks } = await readiness(service)
  t.equal(status, 503)
  t.match(checks, { postgres: 'unreachable', redis: 'Redis is not connected' })
  t.equal((await service.app.inject('/health/live')).statusCode, 200)
})

t.test('each store that goes away is told of by name, and the process goes on', async (t) => {
  const [postgres, redis] = await Promise.all([startTestPostgres(t), startTestRedis(t)])
  const service = await open(t, configOf(postgres.url, redis.url))
  await eventually(async () => (await readiness(service)).status === 200)
  redis.kill()
  await redis.exited
  await eventually(async () => (await readiness(service)).status === 503)
  t.match((await readiness(service)).checks, { postgres: 'ok', redis: /Redis/ })
  postgres.kill()
  await postgres.exited
  await eventually(async () => (await readiness(service)).checks?.postgres === 'unreachable')
  t.equal((await service.app.inject('/health/live')).statusCode, 200)
})

t.test('a loop never runs twice at once, goes on after an error, and stops for good', async (t) => {
  let running = 0
  let runs = 0
  const errors: unknown[] = []
  const loop = every(
    1,
    async () => {
      t.equal(++running, 1)
      runs++
      await new Promise((resolve) => setImmediate(resolve))
      running--
      if (runs === 2) throw new Error('once')
    },
    (error) => errors.push(error)
  )
  await eventually(() => runs >= 5)
  await loop.stop()
  const after = runs
  let otherRuns = 0
  const other = every(1, async () => void otherRuns++, ignore)
  await eventually(() => otherRuns >= 5)
  await other.stop()
  t.equal(runs, after)
  t.equal(errors.length, 1)
})
