import { GatewayError } from '@wag/contracts'
import { type Redis } from 'ioredis'
import { withRedis } from './redis.ts'

/** How long the key of the readiness write lives, in seconds. */
const heartbeatTtlS = 60

/**
 * Proves that Redis takes writes and never evicts: a Redis that is full, read-only or allowed to drop keys answers PING
 * all the same. Throws `redis_unavailable` with the reason.
 */
export async function checkRedis(redis: Redis, key: string): Promise<void> {
  const memory = await withRedis(redis, () => redis.info('memory'))
  const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1] ?? 'noeviction'
  if (policy !== 'noeviction') {
    throw new GatewayError(
      'redis_unavailable',
      `Redis may evict keys: set maxmemory-policy to noeviction, not ${policy}`
    )
  }
  await withRedis(redis, () => redis.set(key, Date.now(), 'EX', heartbeatTtlS))
}
