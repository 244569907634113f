import { type Queues } from '@wag/bus'
import { createId, defaultTenantId } from '@wag/contracts'
import { createBatcher, type Db, type RawWebhook, storeWebhooks, withRetry } from '@wag/db'
import { type FastifyBaseLogger } from 'fastify'
import { withinDeadline } from './deadline.ts'
import { type Metrics } from './metrics.ts'

export type Inbox = ReturnType<typeof createInbox>

type InboxContext = { db: Db; queues: Queues; metrics: Metrics; log: FastifyBaseLogger }

/** Bytes one statement carries at most; a body may have 3.5 MB. */
const batchBytesMax = 8 * 1024 * 1024

/** Bytes that may wait for their commit: beyond them Meta is told to come again. */
const waitingBytesMax = 64 * 1024 * 1024

/** Takes raw webhooks into the ledger; `store` resolves once the bytes are committed. One bell rings per commit. */
export function createInbox(context: InboxContext) {
  const batcher = createBatcher(
    async (webhooks: RawWebhook[]) => {
      await withRetry(() => storeWebhooks(context.db, webhooks))
      context.metrics.webhooks.inc(webhooks.length)
      context.metrics.batch.observe({ table: 'inbox' }, webhooks.length)
      ring(context, webhooks)
      return webhooks
    },
    {
      itemsMax: 200,
      inFlightMax: 2,
      waitingMax: 5_000,
      weigh: ({ body }) => body.length,
      weightMax: batchBytesMax,
      waitingWeightMax: waitingBytesMax
    }
  )
  return {
    store: (body: Buffer) => withinDeadline(batcher.add({ id: createId(), tenantId: defaultTenantId, body })),
    idle: () => batcher.idle()
  }
}

function ring({ queues, metrics, log }: InboxContext, webhooks: RawWebhook[]): void {
  const bytes = webhooks.reduce((sum, { body }) => sum + body.length, 0)
  queues.ringIngest({ ids: webhooks.map(({ id }) => id), bytes }).catch((error: unknown) => {
    metrics.unrung.inc({ queue: 'ingest' })
    log.warn({ err: error }, 'bell not taken; ingest looks by itself')
  })
}
