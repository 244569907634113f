import { type Redis } from 'ioredis'
import { paceKey, recoveryMs } from './pace.ts'
import { lookScript, run } from './pace-scripts.ts'

/** How far a number gives way to Meta's refusals: it sends nothing for `heldMs`, then at this share of its rate. */
export type Throttle = { heldMs: number; share: number }

/** Those of the numbers that give way now. Throws `redis_unavailable`. */
export async function readThrottles(
  { redis, prefix }: { redis: Redis; prefix: string },
  phoneNumberIds: string[]
): Promise<Map<string, Throttle>> {
  const found = await Promise.all(
    phoneNumberIds.map(async (id) => {
      const answer = await run(redis, lookScript, [paceKey(prefix, id)], [recoveryMs * 1000])
      const [held = 0, share = 1] = (answer as unknown[]).map(Number)
      return [id, { heldMs: Math.ceil(held / 1000), share }] as const
    })
  )
  return new Map(found.filter(([, { heldMs, share }]) => heldMs > 0 || share < 1))
}
