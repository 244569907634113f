import { openPublisher, openQueues } from '@wag/bus'
import { createGraph } from '@wag/graph'
import { type App, buildService } from '@wag/service'
import { createClaims } from './claim.ts'
import { type Config } from './config.ts'
import { followNumbers } from './follow-numbers.ts'
import { createMetrics } from './metrics.ts'
import { createRecorder } from './record.ts'
import { type SendContext, send } from './send.ts'
import { startSweeper } from './sweep.ts'
import { createTokens } from './tokens.ts'

/** Numbers whose sends share the connections to Meta before any has to wait for one. */
const busyNumbersMax = 10

/** BullMQ → claim → Graph API → record; and a sweeper that rings again. */
export async function buildApp(config: Config): Promise<App> {
  const { app, db, redis, redisOptions } = await buildService({ name: 'sender', config })
  const log = app.log
  const metrics = createMetrics(app.metrics)
  const queues = openQueues({ redis, prefix: redisOptions.prefix, onError: redisOptions.onError })
  const publisher = openPublisher({ redis, prefix: redisOptions.prefix })

  const graph = createGraph({
    baseUrl: config.GRAPH_URL,
    version: config.WHATSAPP_VERSION,
    timeoutMs: config.GRAPH_TIMEOUT_MS,
    connectionsMax: config.SENDER_CONCURRENCY * busyNumbersMax
  })
  app.addHook('onClose', () => graph.close())

  const recorder = createRecorder({ db, publisher, log })
  app.addHook('onClose', () => recorder.idle())

  const context: SendContext = {
    claims: createClaims(db, Math.max(config.CLAIM_TTL_MS, config.GRAPH_TIMEOUT_MS + 5_000)),
    tokens: createTokens(db, config.ENCRYPTION_KEY),
    graph,
    recorder,
    queues,
    metrics,
    log
  }
  const numbers = await followNumbers({
    db,
    redisOptions,
    concurrency: config.SENDER_CONCURRENCY,
    graceMs: config.GRAPH_TIMEOUT_MS,
    handle: (number, messageId) => send(context, number, messageId),
    log
  })
  app.addHook('onClose', () => numbers.close())

  const sweeper = startSweeper({ ...context, db, numbers, publisher, intervalMs: config.SWEEP_INTERVAL_MS })
  app.addHook('onClose', () => sweeper.stop())
  return app
}
