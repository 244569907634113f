import { type openPublisher, type Queues, type RedisOptions, startWorker } from '@wag/bus'
import { mediaQueueName } from '@wag/contracts'
import { type Db, sweepGarbage } from '@wag/db'
import { createDownloads, createGraph } from '@wag/graph'
import { openMediaStore } from '@wag/media'
import { type App, every } from '@wag/service'
import { type Config } from '../config.ts'
import { startFetcher } from './fetcher.ts'
import { createMediaMetrics } from './metrics.ts'

const firstRetryMs = 1_000
const closeGraceMs = 10_000
/** Bytes without an owner that are removed by one look. */
const garbageMax = 100
/** What a killed process left in the store goes when it is older than this, looked for this often. In milliseconds. */
const leftoverMs = 3_600_000

export type MediaParts = {
  app: App
  db: Db
  queues: Queues
  publisher: ReturnType<typeof openPublisher>
  redisOptions: RedisOptions & { prefix: string }
}

/** Rings for media that were noted. */
export type MediaBell = { ring(items: number): void }

/**
 * Fetches the media that customers send, beside everything else: a message is stored and told of before its media are
 * asked for. Without a store nothing is fetched; then media stay `pending`, and Meta's own addresses are answered.
 */
export async function startMedia(
  { app, db, queues, publisher, redisOptions }: MediaParts,
  config: Config
): Promise<MediaBell> {
  const { log } = app
  const metrics = createMediaMetrics(app.metrics)
  const store = await openMediaStore(config)
  if (!store) {
    log.warn('media are not fetched: set MEDIA_DIR or MEDIA_S3_BUCKET')
    return { ring: () => undefined }
  }
  app.addHook('onClose', async () => store.close())
  store.check().catch((error: unknown) => log.error({ err: error }, 'the media store does not take files'))

  const timeoutMs = config.GRAPH_TIMEOUT_MS
  const { GRAPH_URL, MEDIA_CONCURRENCY: concurrency } = config
  const graph = createGraph({
    baseUrl: GRAPH_URL,
    version: config.WHATSAPP_VERSION,
    timeoutMs,
    connectionsMax: concurrency
  })
  app.addHook('onClose', () => graph.close())
  const downloads = createDownloads({ graphUrl: GRAPH_URL, timeoutMs })
  app.addHook('onClose', () => downloads.close())

  const limits = { bytesMax: config.MEDIA_BYTES_MAX, timeoutMs: config.MEDIA_TIMEOUT_MS, retryMs: firstRetryMs }
  const context = { db, store, graph, downloads, publisher, metrics, log, limits, encryptionKey: config.ENCRYPTION_KEY }
  const fetcher = startFetcher(context, { concurrency, intervalMs: config.SWEEP_INTERVAL_MS })
  app.addHook('onClose', () => fetcher.stop())

  const worker = startWorker({
    ...redisOptions,
    queue: mediaQueueName,
    concurrency: 1,
    handle: async () => fetcher.wake()
  })
  app.addHook('onClose', () => worker.close(closeGraceMs))

  const onError = (error: unknown): void => log.warn({ err: error }, 'the media store could not be tidied')
  const sweeps = every(
    config.SWEEP_INTERVAL_MS,
    async () => void (await sweepGarbage(db, (bytes) => store.remove(bytes), garbageMax)),
    onError
  )
  const tidyUp = (): Promise<void> => store.tidy(leftoverMs)
  tidyUp().catch(onError)
  const tidying = every(leftoverMs, tidyUp, onError)
  app.addHook('onClose', () => Promise.all([sweeps.stop(), tidying.stop()]).then(() => undefined))

  return {
    ring: (items) => {
      // Lost, it costs as long as until the next look.
      queues.ringMedia({ items }).catch((error: unknown) => log.debug({ err: error }, 'nobody was rung for media'))
    }
  }
}
