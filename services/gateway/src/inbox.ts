import { createId, defaultTenantId } from '@wag/contracts'
import { createBatcher, type Db, storeWebhooks, withRetry } from '@wag/db'
import { withinDeadline } from './deadline.ts'
import { type RingContext, ring, weighed } from './ring.ts'
import { type SpooledWebhook } from './spool/record.ts'
import { startReplay } from './spool/replay.ts'
import { type Spool } from './spool/spool.ts'

export type Inbox = ReturnType<typeof createInbox>

type InboxContext = RingContext & { db: Db; spool: Spool | undefined }

/** Bytes one statement carries at most; a body may have 3.5 MB. */
const batchBytesMax = 8 * 1024 * 1024

/** A statement runs beside another one when this many bytes wait, or the other takes this long, in milliseconds. */
const besideBytes = 256 * 1024
const besideMs = 40

/** Bytes that may wait for their commit: beyond them Meta is told to come again. */
const waitingBytesMax = 64 * 1024 * 1024

/**
 * Takes raw webhooks into the ledger; `store` resolves once the bytes are committed, or on disk in the spool where the
 * ledger is away. One bell rings per commit.
 */
export function createInbox(context: InboxContext) {
  const { db, spool, metrics, log } = context
  let isAway = false

  async function commit(webhooks: SpooledWebhook[]): Promise<void> {
    // When it came is told by the ledger's clock, unless it had to wait for the ledger.
    const rows = webhooks.map(({ id, tenantId, body }) => ({ id, tenantId, body }))
    await withRetry(() => storeWebhooks(db, rows))
    metrics.webhooks.inc(webhooks.length)
    metrics.batch.observe({ table: 'inbox' }, webhooks.length)
    ring(context, webhooks.map(weighed))
  }

  async function commitOrSpool(webhooks: SpooledWebhook[]): Promise<void> {
    // While the ledger is known to be away nobody waits for it: the replay looks when it is back.
    if (!spool || !isAway) {
      try {
        return await commit(webhooks)
      } catch (error) {
        if (!spool) throw error
        if (!isAway) log.warn({ err: error }, 'the ledger is away; webhooks go to the spool')
        isAway = true
      }
    }
    await spool.append(webhooks)
    metrics.spooled.inc(webhooks.length)
  }

  const batcher = createBatcher(
    async (webhooks: SpooledWebhook[]) => {
      await commitOrSpool(webhooks)
      return webhooks
    },
    {
      itemsMax: 200,
      inFlightMax: 2,
      beside: { weight: besideBytes, afterMs: besideMs },
      waitingMax: 5_000,
      weigh: ({ body }) => body.length,
      weightMax: batchBytesMax,
      waitingWeightMax: waitingBytesMax
    }
  )

  const onBack = (): void => {
    isAway = false
  }
  const replay = spool && startReplay({ ...context, spool, isAway: () => isAway, onBack })

  return {
    store: (body: Buffer) =>
      withinDeadline(batcher.add({ id: createId(), tenantId: defaultTenantId, body, receivedAt: new Date() })),

    /** Waits for what is being stored, and lets go of the spool: what it holds is there at the next start. */
    async close(): Promise<void> {
      await batcher.idle()
      await replay?.stop()
      await spool?.close()
    }
  }
}
