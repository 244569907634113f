import { type Queues } from '@wag/bus'
import { type FastifyBaseLogger } from 'fastify'
import { chunksOf } from './chunks.ts'
import { type Metrics } from './metrics.ts'

export type RingContext = { queues: Queues; metrics: Metrics; log: FastifyBaseLogger }

/** Rings for committed webhooks. */
export function ring({ queues, metrics, log }: RingContext, webhooks: { id: string; bytes: number }[]): void {
  for (const chunk of chunksOf(webhooks, ({ bytes }) => bytes)) {
    const total = chunk.reduce((sum, { bytes }) => sum + bytes, 0)
    queues.ringIngest({ ids: chunk.map(({ id }) => id), bytes: total }).catch((error: unknown) => {
      metrics.unrung.inc({ queue: 'ingest' })
      log.warn({ err: error }, 'bell not taken; ingest looks by itself')
    })
  }
}

/** What a bell tells of a body. */
export function weighed({ id, body }: { id: string; body: Buffer }): { id: string; bytes: number } {
  return { id, bytes: body.length }
}
