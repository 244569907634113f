import { randomBytes } from 'node:crypto'
import { removeKeys } from './redis-keys.ts'
import { type Server } from './server-process.ts'
import { sharedRedisUrl, type TestContext, throwAwayRedis } from './test-stores.ts'

/** A prefix of this test's own on a shared Redis; its keys are removed after the test. */
export async function createTestRedis(t: TestContext): Promise<{ url: string; prefix: string }> {
  const url = await sharedRedisUrl()
  const prefix = `test-${randomBytes(8).toString('hex')}`
  t.teardown(() => removeKeys(url, prefix))
  return { url, prefix }
}

/** A whole Redis, for tests that flush, stop or kill it. */
export async function startTestRedis(t: TestContext): Promise<Server> {
  const server = await throwAwayRedis()
  t.teardown(() => server.stop())
  return server
}
