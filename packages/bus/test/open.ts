import { createTestRedis, type Server, type TestContext } from '@wag/testkit'
import { connectRedis, openQueues, type Queues, type RunningWorker, startWorker } from '../src/index.ts'

export type Redis = ReturnType<typeof connectRedis>

export const phoneNumberId = '106540352242922'
export const ignore = (): void => undefined

/** A connection for commands that is ready, closed after the test. */
export async function openRedis(t: TestContext, url: string): Promise<Redis> {
  const redis = connectRedis({ url, name: 'test', onError: ignore })
  t.teardown(() => redis.disconnect())
  if (redis.status !== 'ready') await new Promise((resolve) => redis.once('ready', resolve))
  return redis
}

/** Queues of the test's own on the shared Redis, or on a server of its own. */
export async function openBus(
  t: TestContext,
  server?: Server
): Promise<{ redis: Redis; queues: Queues; url: string; prefix: string }> {
  const { url, prefix } = server ? { url: server.url, prefix: 'test' } : await createTestRedis(t)
  const redis = await openRedis(t, url)
  return { redis, queues: openQueues({ redis, prefix, onError: ignore }), url, prefix }
}

type Working = { url: string; prefix: string; queue: string; handle: (data: unknown) => Promise<void> }

/** A worker that is closed after the test. */
export function openWorker(t: TestContext, working: Working): RunningWorker {
  const worker = startWorker({ ...working, name: 'test', concurrency: 10, onError: ignore })
  t.teardown(() => worker.close(2_000))
  return worker
}
