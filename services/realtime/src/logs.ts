import { listen, type RedisOptions } from '@wag/bus'
import { type Db, type StoredEvent } from '@wag/db'
import { every } from '@wag/service'
import { type FastifyBaseLogger } from 'fastify'
import { createBlocks } from './blocks.ts'
import { type Metrics } from './metrics.ts'
import { openTenantLog, type TenantLog } from './tenant-log.ts'

export type Logs = ReturnType<typeof createLogs>

export type LogsOptions = {
  db: Db
  redisOptions: RedisOptions & { prefix: string }
  metrics: Metrics
  onEvent: (event: StoredEvent) => void
  log: FastifyBaseLogger
}

/** How often logs are read without a hint, in milliseconds: what a lost hint costs at most. */
const lookIntervalMs = 1_500

type Entry = { opening: Promise<TenantLog>; users: number }

/** The logs of the tenants that have listeners on this node; of the others nothing is read. Hints only say when to read. */
export function createLogs({ db, redisOptions, metrics, onEvent, log }: LogsOptions) {
  const entries = new Map<string, Entry>()
  const blocks = createBlocks(db, () => metrics.reads.inc({ kind: 'backfill' }))
  const onError = (error: unknown): void => log.warn({ err: error }, 'cannot read events')

  async function look(tenantId: string, upTo: number): Promise<void> {
    const known = await entries.get(tenantId)?.opening
    if (known && upTo > known.cursor()) await known.advance()
  }

  async function lookAtAll(): Promise<void> {
    await Promise.all([...entries.keys()].map((tenantId) => look(tenantId, Number.POSITIVE_INFINITY)))
  }

  async function hinted(tenantId: string, seq: number): Promise<void> {
    const stopTimer = metrics.hintToEmit.startTimer()
    await look(tenantId, seq)
    stopTimer()
  }

  const loop = every(lookIntervalMs, lookAtAll, onError)
  const hints = listen(
    { ...redisOptions, name: 'wag-realtime-hints' },
    {
      onEvents: ({ tenantId, seq }) => {
        if (entries.has(tenantId)) hinted(tenantId, seq).catch(onError)
      },
      onResume: () => lookAtAll().catch(onError)
    }
  )

  function openEntry(tenantId: string): Entry {
    // A log that was let go may still be reading: what it finds then is its successor's to tell.
    const onOwnEvent = (event: StoredEvent): void => {
      if (entries.get(tenantId) === entry) onEvent(event)
    }
    const entry: Entry = {
      opening: openTenantLog({ db, blocks, metrics, tenantId, onEvent: onOwnEvent }),
      users: 0
    }
    return entry
  }

  return {
    /** A tenant's log, followed until everybody who used it has called `release`. */
    async use(tenantId: string): Promise<{ log: TenantLog; release: () => void }> {
      const entry = entries.get(tenantId) ?? openEntry(tenantId)
      entries.set(tenantId, entry)
      entry.users++
      const release = (): void => {
        entry.users--
        if (entry.users === 0 && entries.get(tenantId) === entry) entries.delete(tenantId)
      }
      try {
        return { log: await entry.opening, release }
      } catch (error) {
        release()
        throw error
      }
    },

    async close(): Promise<void> {
      hints.close()
      await loop.stop()
    }
  }
}
