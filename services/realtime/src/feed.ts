import { listen, type RedisOptions } from '@wag/bus'
import { type Db, lastSeq, readEvents, type StoredEvent } from '@wag/db'
import { every } from '@wag/service'
import { type FastifyBaseLogger } from 'fastify'

export type Feed = ReturnType<typeof createFeed>

export type FeedOptions = {
  db: Db
  redisOptions: RedisOptions & { prefix: string }
  emit: (event: StoredEvent) => void
  log: FastifyBaseLogger
}

/** How often the log is read without a hint, in milliseconds: what a lost hint costs at most. */
const lookIntervalMs = 2_000
/** Events read at once. */
const pageSize = 500

type Reader = { cursor: number; isReading: boolean; isBehind: boolean; listeners: number }

/**
 * Follows the event logs of the tenants that have listeners on this node, each from where it stood when the first one
 * came. The log is read in the order of `seq`, which is the order of commits, so nothing is skipped or repeated; hints
 * only say when to read.
 */
export function createFeed({ db, redisOptions, emit, log }: FeedOptions) {
  const readers = new Map<string, Promise<Reader>>()

  /** Reads until the end of the log; a call during a read makes it look once more. */
  async function read(tenantId: string, reader: Reader): Promise<void> {
    reader.isBehind = true
    if (reader.isReading) return
    reader.isReading = true
    try {
      while (reader.isBehind) {
        reader.isBehind = false
        const events = await readEvents(db, tenantId, reader.cursor, pageSize)
        for (const event of events) {
          emit(event)
          reader.cursor = event.seq
        }
        if (events.length === pageSize) reader.isBehind = true
      }
    } finally {
      reader.isReading = false
    }
  }

  async function lookAt(tenantId: string, upTo: number): Promise<void> {
    const reader = await readers.get(tenantId)
    if (reader && reader.listeners > 0 && upTo > reader.cursor) await read(tenantId, reader)
  }

  const onError = (error: unknown): void => log.warn({ err: error }, 'cannot read events')
  const lookAtAll = async (): Promise<void> => {
    for (const tenantId of readers.keys()) await lookAt(tenantId, Number.POSITIVE_INFINITY)
  }
  const loop = every(lookIntervalMs, lookAtAll, onError)
  const hints = listen(
    { ...redisOptions, name: 'wag-realtime-hints' },
    {
      onEvents: ({ tenantId, seq }) => void lookAt(tenantId, seq).catch(onError),
      onResume: () => void lookAtAll().catch(onError)
    }
  )

  return {
    /** Follows a tenant's log for one more listener; every event after the returned seq will be emitted. */
    async follow(tenantId: string): Promise<() => number> {
      const known = readers.get(tenantId)
      const opening = known ?? openReader(db, tenantId)
      if (!known) readers.set(tenantId, opening)
      try {
        const reader = await opening
        reader.listeners++
        return () => reader.cursor
      } catch (error) {
        readers.delete(tenantId)
        throw error
      }
    },

    /** One listener less; a log without listeners is no longer read. */
    async unfollow(tenantId: string): Promise<void> {
      const reader = await readers.get(tenantId)
      if (!reader) return
      reader.listeners--
      if (reader.listeners <= 0) readers.delete(tenantId)
    },

    async close(): Promise<void> {
      hints.close()
      await loop.stop()
    }
  }
}

async function openReader(db: Db, tenantId: string): Promise<Reader> {
  return { cursor: await lastSeq(db, tenantId), isReading: false, isBehind: false, listeners: 0 }
}
