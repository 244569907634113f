import { type Queues } from '@wag/bus'
import { type RawWebhook } from '@wag/db'
import { type FastifyBaseLogger } from 'fastify'
import { type Metrics } from './metrics.ts'

export type RingContext = { queues: Queues; metrics: Metrics; log: FastifyBaseLogger }

/** Rings for committed webhooks. */
export function ring({ queues, metrics, log }: RingContext, webhooks: RawWebhook[]): void {
  const bytes = webhooks.reduce((sum, { body }) => sum + body.length, 0)
  queues.ringIngest({ ids: webhooks.map(({ id }) => id), bytes }).catch((error: unknown) => {
    metrics.unrung.inc({ queue: 'ingest' })
    log.warn({ err: error }, 'bell not taken; ingest looks by itself')
  })
}
