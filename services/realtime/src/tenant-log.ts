import { type Db, lastSeq, oldestSeq, readEvents, type StoredEvent } from '@wag/db'
import { type Blocks, blockSize } from './blocks.ts'
import { type Metrics } from './metrics.ts'

/** Events kept in memory behind the newest: most who come back find all they missed here. */
const recentMax = 2_000
/** How long a read that somebody else has begun is waited for before looking again, in milliseconds. */
const reachLookMs = 50
/** How long the answer to "what is the oldest event" is good, in milliseconds. */
const oldestTtlMs = 10_000

export type TenantLogOptions = {
  db: Db
  blocks: Blocks
  metrics: Metrics
  tenantId: string
  /** Called with every event, in order, as it becomes known to this node. */
  onEvent: (event: StoredEvent) => void
}

export type TenantLog = Awaited<ReturnType<typeof openTenantLog>>

/**
 * One tenant's event log as this node knows it: everything up to `cursor` has been handed to `onEvent`. It is read in the
 * order of `seq`, which is the order of commits, so nothing is skipped or repeated, however hints get lost or doubled.
 */
export async function openTenantLog({ db, blocks, metrics, tenantId, onEvent }: TenantLogOptions) {
  let cursor = await lastSeq(db, tenantId)
  let recent: StoredEvent[] = []
  let isReading = false
  let isBehind = false
  let oldest = { seq: 1, until: 0 }
  const waiting = new Set<() => void>()

  function take(event: StoredEvent): void {
    recent.push(event)
    cursor = event.seq
    metrics.commitToEmit.observe(Math.max(0, Date.now() - Date.parse(event.at)) / 1000)
    onEvent(event)
  }

  /** Reads to the end of the log; a call during a read makes it look once more. */
  async function advance(): Promise<void> {
    isBehind = true
    if (isReading) return
    isReading = true
    try {
      while (isBehind) {
        isBehind = false
        const events = await readEvents(db, tenantId, cursor, cursor + blockSize)
        metrics.reads.inc({ kind: 'live' })
        for (const event of events) take(event)
        if (recent.length > 2 * recentMax) recent = recent.slice(-recentMax)
        if (events.length === blockSize) isBehind = true
        if (events.length > 0) for (const wake of waiting) wake()
      }
    } finally {
      isReading = false
    }
  }

  /** Resolves once there are events after `after`, or when the signal says to stop waiting. */
  async function grown(after: number, signal: AbortSignal): Promise<void> {
    if (cursor > after || signal.aborted) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const stop = (): void => resolve()
    waiting.add(resolve)
    signal.addEventListener('abort', stop)
    await promise
    waiting.delete(resolve)
    signal.removeEventListener('abort', stop)
  }

  return {
    /** The newest event this node knows. */
    cursor: () => cursor,
    advance,
    grown,

    /** Whether there is an event `seq`, which another node may have shown already: if so, this one knows it too now. */
    async reach(seq: number): Promise<boolean> {
      if (seq > cursor && seq > (await lastSeq(db, tenantId))) return false
      while (seq > cursor) {
        await advance()
        await grown(seq - 1, AbortSignal.timeout(reachLookMs))
      }
      return true
    },

    /** Some of the events after `after`, in order, none skipped; none when `after` is the cursor. */
    async read(after: number): Promise<StoredEvent[]> {
      if (after >= cursor) return []
      const first = recent[0]?.seq ?? cursor + 1
      if (after < first - 1) {
        const page = await blocks.read(tenantId, after, first - 1)
        // Old days may be dropped meanwhile: a page that does not follow is none.
        return page[0]?.seq === after + 1 ? page : []
      }
      const index = after - first + 1
      return recent.slice(index, index + blockSize)
    },

    /** The oldest event that is still kept; one more than the cursor when there is none. */
    async oldest(): Promise<number> {
      if (oldest.until < Date.now()) {
        oldest = { seq: (await oldestSeq(db, tenantId)) ?? cursor + 1, until: Date.now() + oldestTtlMs }
      }
      return oldest.seq
    }
  }
}
