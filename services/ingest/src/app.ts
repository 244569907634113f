import { openPace, openPublisher, openQueues, startWorker } from '@wag/bus'
import { IngestJobSchema, ingestQueueName } from '@wag/contracts'
import { createBatcher } from '@wag/db'
import { type App, buildService } from '@wag/service'
import { Value } from 'typebox/value'
import { startAlarms } from './alarms.ts'
import { type Config } from './config.ts'
import { startErasures } from './erasures.ts'
import { createForget } from './forget.ts'
import { createGapMetrics } from './gap-metrics.ts'
import { ingest } from './ingest.ts'
import { startMedia } from './media/start.ts'
import { createMetrics } from './metrics.ts'
import { startRetention } from './retention.ts'
import { startSweeper } from './sweep.ts'

/** Jobs picked up at once: what they bring is merged. */
const jobsAtOnce = 16
/** Jobs merged at most (the sweeper brings one a webhook), and the bytes of the bodies they stand for. */
const batchJobsMax = 200
const batchBytesMax = 8 * 1024 * 1024
/**
 * Under load, the next batch is read and prepared while one is with PostgreSQL: once this many bytes wait, or the one has
 * taken this long, in milliseconds. As with several ingests, two messages may then be told of in the order of the commits
 * and not in that of their coming, and a reaction may be joined to its message by the sweeper.
 */
const batchesAtOnce = 2
const beside = { weight: 512 * 1024, afterMs: 100 }
const closeGraceMs = 10_000

/** BullMQ → parse → Postgres → hint. */
export async function buildApp(config: Config): Promise<App> {
  const { app, db, redis, redisOptions } = await buildService({ name: 'ingest', config })
  const log = app.log
  const publisher = openPublisher({ redis, prefix: redisOptions.prefix })
  const queues = openQueues({ redis, prefix: redisOptions.prefix, onError: redisOptions.onError })
  const media = await startMedia({ app, db, queues, publisher, redisOptions }, config)
  const pace = openPace({ redis, prefix: redisOptions.prefix, onError: redisOptions.onError })
  const forget = createForget(config.ENCRYPTION_KEY)
  const context = { db, publisher, media, pace, metrics: createMetrics(app.metrics), log, forget }

  const batcher = createBatcher<{ ids: string[]; bytes: number }, undefined>(
    async (jobs) => {
      await ingest(context, [...new Set(jobs.flatMap(({ ids }) => ids))])
      return jobs.map(() => undefined)
    },
    {
      itemsMax: batchJobsMax,
      inFlightMax: batchesAtOnce,
      beside,
      weigh: ({ bytes }) => bytes,
      weightMax: batchBytesMax
    }
  )
  app.addHook('onClose', () => batcher.idle())

  const worker = startWorker({
    ...redisOptions,
    queue: ingestQueueName,
    concurrency: jobsAtOnce,
    async handle(data) {
      if (Value.Check(IngestJobSchema, data)) await batcher.add(data)
      else log.warn('a job that is not an ingest job was dropped')
    }
  })
  app.addHook('onClose', () => worker.close(closeGraceMs))

  const sweeper = startSweeper({ ...context, batcher, intervalMs: config.SWEEP_INTERVAL_MS })
  app.addHook('onClose', () => sweeper.stop())

  const alarms = startAlarms({ ...context, gaps: createGapMetrics(app.metrics) }, config)
  app.addHook('onClose', () => alarms.stop())
  const retention = startRetention(context, { inboxDays: config.INBOX_DAYS, eventDays: config.EVENT_DAYS })
  app.addHook('onClose', () => retention.stop())
  const erasures = startErasures({ ...context, encryptionKey: config.ENCRYPTION_KEY })
  app.addHook('onClose', () => erasures.stop())
  return app
}
