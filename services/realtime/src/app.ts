import { type App, buildService, createAuthenticator } from '@wag/service'
import { addAdmission } from './admission.ts'
import { type Config } from './config.ts'
import { createGuests } from './guests.ts'
import { createLogs } from './logs.ts'
import { createMetrics } from './metrics.ts'
import { eventOf, roomsOfEvent } from './rooms.ts'
import { addEvents } from './routes/events.ts'
import { addTokens } from './routes/tokens.ts'
import { openServer } from './server.ts'
import { watchSlowReaders } from './slow-readers.ts'
import { addSubscriptions } from './subscriptions.ts'

/** What an authenticator may remember here, in milliseconds: part of the 5 s in which a revoked key is cut. */
const rememberMs = 2_000

/** Hint → read events by seq → Socket.IO rooms. */
export async function buildApp(config: Config): Promise<App> {
  const { app, db, redisOptions } = await buildService({ name: 'realtime', config })
  const log = app.log
  const metrics = createMetrics(app.metrics)
  const authenticate = createAuthenticator(db, rememberMs)
  const server = openServer({ app, config, redisOptions, metrics })

  const { io } = server
  const slowReaders = watchSlowReaders(io, config.REALTIME_BUFFER_BYTES_MAX, metrics, log)
  const logs = createLogs({
    db,
    redisOptions,
    metrics,
    log,
    // local: every node reads the log itself; through the adapter a client would get one copy per node.
    onEvent: (event) => {
      metrics.emitted.inc()
      io.local.to(roomsOfEvent(event)).emit('event', eventOf(event))
      slowReaders.emitted()
    }
  })
  const guests = createGuests({ db, metrics, log })

  addAdmission(io, { config, db, authenticate, guests, metrics, log })
  addSubscriptions(io, { config, db, logs, guests, metrics, log })
  addEvents(app, { logs, guests, metrics })
  addTokens(app, { db, io })

  app.addHook('preClose', async () => {
    await Promise.all([slowReaders.stop(), guests.close(), logs.close()])
    await server.close()
  })
  return app
}
