import { startTestRedis } from '@wag/testkit'
import t from 'tap'
import { checkRedis } from '../src/index.ts'
import { openRedis } from './open.ts'

t.test('a Redis that takes writes and evicts nothing is ready', async (t) => {
  const redis = await openRedis(t, (await startTestRedis(t)).url)
  await checkRedis(redis, 'health:test')
  t.ok((await redis.ttl('health:test')) > 0, 'the write goes away by itself')
})

t.test('a Redis that may evict keys is refused, by name', async (t) => {
  const redis = await openRedis(t, (await startTestRedis(t)).url)
  for (const policy of ['allkeys-lru', 'volatile-ttl']) {
    await redis.config('SET', 'maxmemory-policy', policy)
    await t.rejects(checkRedis(redis, 'health:test'), { code: 'redis_unavailable', message: new RegExp(policy) })
  }
  await redis.config('SET', 'maxmemory-policy', 'noeviction')
  await checkRedis(redis, 'health:test')
})

t.test('a Redis that answers PING but takes no writes is not ready', async (t) => {
  const redis = await openRedis(t, (await startTestRedis(t)).url)
  const faults: [name: string, spoil: () => Promise<unknown>, mend: () => Promise<unknown>][] = [
    ['full', () => redis.config('SET', 'maxmemory', '1'), () => redis.config('SET', 'maxmemory', '0')],
    ['a replica', () => redis.replicaof('127.0.0.1', 1), () => redis.replicaof('NO', 'ONE')]
  ]
  for (const [name, spoil, mend] of faults) {
    await spoil()
    t.equal(await redis.ping(), 'PONG')
    await t.rejects(checkRedis(redis, 'health:test'), { code: 'redis_unavailable' }, name)
    await mend()
    await checkRedis(redis, 'health:test')
  }
})
