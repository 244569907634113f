import { type Publisher } from '@wag/bus'
import { type Db } from '@wag/db'
import { type Downloads, type Graph } from '@wag/graph'
import { type MediaStore } from '@wag/media'
import { type FastifyBaseLogger } from 'fastify'
import { type MediaMetrics } from './metrics.ts'

/** What the fetching of media works with. */
export type MediaContext = {
  db: Db
  store: MediaStore
  graph: Graph
  downloads: Downloads
  publisher: Publisher
  metrics: MediaMetrics
  log: FastifyBaseLogger
  limits: MediaLimits
  encryptionKey: string
}

export type MediaLimits = {
  /** A larger file is not kept. */
  bytesMax: number
  /** How long one download may take. Meta's addresses are good for five minutes. */
  timeoutMs: number
  /** How long to wait after the first failure; three times that after the next. */
  retryMs: number
}
