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

type Reader = { opened: Promise<void>; cursor: number; isReading: boolean; isBehind: boolean; listeners: number }

/**
 * Follows the event logs of the tenants that have listeners on this node, each from where it stood when the first one
 * came. The log is read in the order of `seq`, which is the order of commits, so nothing is skipped or repeated; hints
 * only say when to read.
 */
export function createFeed({ db, redisOptions, emit, log }: FeedOptions) {
  const readers = new Map<string, Reader>()

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
    const reader = readers.get(tenantId)
    if (!reader) return
    await reader.opened
    if (upTo > reader.cursor) await read(tenantId, reader)
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
      const reader = readers.get(tenantId) ?? openReader(db, tenantId)
      readers.set(tenantId, reader)
      reader.listeners++
      try {
        await reader.opened
        return () => reader.cursor
      } catch (error) {
        if (readers.get(tenantId) === reader) readers.delete(tenantId)
        throw error
      }
    },

    /** One listener less; a log without listeners is no longer read. */
    unfollow(tenantId: string): void {
      const reader = readers.get(tenantId)
      if (reader && --reader.listeners <= 0) readers.delete(tenantId)
    },

    async close(): Promise<void> {
      hints.close()
      await loop.stop()
    }
  }
}

function openReader(db: Db, tenantId: string): Reader {
  const reader: Reader = { opened: Promise.resolve(), cursor: 0, isReading: false, isBehind: false, listeners: 0 }
  reader.opened = lastSeq(db, tenantId).then((seq) => {
    reader.cursor = seq
  })
  return reader
}
