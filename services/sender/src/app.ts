import { openPace, openPublisher, type PairLimit } from '@wag/bus'
import { createGraph } from '@wag/graph'
import { type App, buildService } from '@wag/service'
import { startBells } from './bells.ts'
import { createClaims } from './claim.ts'
import { type Config } from './config.ts'
import { createLanes } from './lanes.ts'
import { createLookahead } from './lookahead.ts'
import { createMetrics, watchSizes } from './metrics.ts'
import { createNumbers } from './numbers.ts'
import { createOutage } from './outage.ts'
import { createPermits } from './permits.ts'
import { createRecorder } from './record.ts'
import { createRefusals } from './refusals.ts'
import { startSweeper } from './sweep.ts'
import { createThrottle } from './throttle.ts'

/** Bell or sweep → lane of a number: claim, pace, one POST each, record. `pair` is Meta's limit per recipient. */
export async function buildApp(config: Config, { pair }: { pair?: PairLimit } = {}): Promise<App> {
  const { app, db, redis, redisOptions } = await buildService({ name: 'sender', config })
  const log = app.log
  const publisher = openPublisher({ redis, prefix: redisOptions.prefix })
  const pace = openPace({
    redis,
    prefix: redisOptions.prefix,
    onError: redisOptions.onError,
    ...(pair && { pair })
  })
  const permits = createPermits(config.SENDER_CONCURRENCY)
  const metrics = createMetrics(app.metrics)
  const unknownWaits = { alertMs: config.UNKNOWN_ALERT_S * 1000, resendMs: config.UNKNOWN_RESEND_S * 1000 }
  // A claim outlasts a POST, or its message would be unknown while Meta is still at work.
  const claimTtlMs = Math.max(config.CLAIM_TTL_MS, config.GRAPH_TIMEOUT_MS + 5_000)
  const claims = createClaims(db, claimTtlMs)

  const graph = createGraph({
    baseUrl: config.GRAPH_URL,
    version: config.WHATSAPP_VERSION,
    timeoutMs: config.GRAPH_TIMEOUT_MS,
    connectionsMax: config.SENDER_CONCURRENCY
  })
  app.addHook('onClose', () => graph.close())

  const recorder = createRecorder({ db, publisher, log, unknownWaits })
  app.addHook('onClose', () => recorder.idle())

  const refusals = createRefusals({ db, publisher, pace, metrics, log })

  const lanes = createLanes({
    numbers: createNumbers(db, config.ENCRYPTION_KEY),
    permits,
    claims,
    pace,
    lookahead: createLookahead(),
    graph,
    recorder,
    throttle: createThrottle({ db, pace, metrics, log }),
    outage: createOutage(),
    refusals,
    metrics,
    log,
    rateDefault: config.SEND_RATE_DEFAULT,
    claimAgeMaxMs: claimTtlMs - config.GRAPH_TIMEOUT_MS - 1_000
  })
  app.addHook('onClose', () => lanes.close())
  watchSizes(app.metrics, { lanes: () => lanes.size(), inFlight: () => permits.used() })

  const sweeper = startSweeper({
    db,
    lanes,
    claims,
    refusals,
    publisher,
    metrics,
    log,
    unknownWaits,
    intervalMs: config.SWEEP_INTERVAL_MS
  })
  app.addHook('onClose', () => sweeper.stop())

  const bells = startBells({ redisOptions, lanes, log })
  app.addHook('onClose', () => bells.close(config.GRAPH_TIMEOUT_MS))
  return app
}
