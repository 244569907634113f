import { type Pace, type Publisher } from '@wag/bus'
import { type Db } from '@wag/db'
import { type FastifyBaseLogger } from 'fastify'
import { type Forget } from './forget.ts'
import { type MediaBell } from './media/start.ts'
import { type Metrics } from './metrics.ts'

/** What every step of ingest works with. */
export type IngestContext = {
  db: Db
  publisher: Publisher
  media: MediaBell
  pace: Pick<Pace, 'debit' | 'slow' | 'hold' | 'refuse'>
  metrics: Metrics
  log: FastifyBaseLogger
  forget: Forget
}
