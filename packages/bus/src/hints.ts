import { type EventHint, EventHintSchema, type OutcomeHint, OutcomeHintSchema } from '@wag/contracts'
import { type Redis } from 'ioredis'
import { Value } from 'typebox/value'
import { connectPatientRedis, type RedisOptions, withRedis } from './redis.ts'

const channels = { events: 'events', outcomes: 'outcomes' } as const

function channel(prefix: string, name: keyof typeof channels): string {
  return `${prefix}:${channels[name]}`
}

export type Publisher = ReturnType<typeof openPublisher>

/** Tells others that there is something new in the ledger. A hint that is lost costs time and nothing else. */
export function openPublisher({ redis, prefix }: { redis: Redis; prefix: string }) {
  async function publish(name: keyof typeof channels, hint: EventHint | OutcomeHint): Promise<void> {
    await withRedis(redis, () => redis.publish(channel(prefix, name), JSON.stringify(hint)))
  }
  return {
    /** A tenant's event log ends at `seq` now. */
    eventsGrew: (hint: EventHint): Promise<void> => publish('events', hint),
    /** The sends of these messages have ended. */
    sendsEnded: (hint: OutcomeHint): Promise<void> => publish('outcomes', hint)
  }
}

export type HintHandlers = {
  onEvents?: (hint: EventHint) => void
  onOutcomes?: (hint: OutcomeHint) => void
  /** The subscription stands again after a loss: hints in between are gone, so look in the ledger. */
  onResume?: () => void
}

/** Listens for hints until closed, through any loss of Redis. What is not a hint of ours is ignored. */
export function listen(options: RedisOptions & { prefix: string }, handlers: HintHandlers): { close(): void } {
  const redis = connectPatientRedis(options)
  const wanted = [
    ...(handlers.onEvents ? [channel(options.prefix, 'events')] : []),
    ...(handlers.onOutcomes ? [channel(options.prefix, 'outcomes')] : [])
  ]
  redis.on('ready', () => handlers.onResume?.())
  redis.on('message', (from: string, text: string) => {
    const hint = parse(text)
    if (from.endsWith(':events') && Value.Check(EventHintSchema, hint)) handlers.onEvents?.(hint)
    if (from.endsWith(':outcomes') && Value.Check(OutcomeHintSchema, hint)) handlers.onOutcomes?.(hint)
  })
  // ioredis subscribes again by itself after a loss; only the first time may fail, on close.
  redis.subscribe(...wanted).catch(options.onError)
  return {
    close: () => {
      redis.disconnect()
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Anybody who may write to Redis may publish anything: not a hint, not an error.
    return undefined
  }
}
