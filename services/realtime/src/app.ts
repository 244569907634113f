import { type App, buildService, createAuthenticator } from '@wag/service'
import { type Config } from './config.ts'
import { createFeed } from './feed.ts'
import { createMetrics } from './metrics.ts'
import { openSockets } from './sockets.ts'
import { addSubscriptions } from './subscriptions.ts'

/** Hint → read events by seq → Socket.IO rooms. */
export async function buildApp(config: Config): Promise<App> {
  const { app, db, redisOptions } = await buildService({ name: 'realtime', config })
  const metrics = createMetrics(app.metrics)
  const sockets = openSockets({ app, config, redisOptions, authenticate: createAuthenticator(db), metrics })
  const feed = createFeed({ db, redisOptions, emit: (event) => sockets.emit(event), log: app.log })
  addSubscriptions(sockets.io, { db, feed, log: app.log })

  app.addHook('preClose', async () => {
    await feed.close()
    await sockets.close()
  })
  return app
}
