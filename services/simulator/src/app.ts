import { buildShell } from '@wag/service/bare'
import { type Config } from './config.ts'
import { registerMetrics } from './metrics.ts'
import { controlRoutes } from './routes/control.ts'
import { exampleRoutes } from './routes/example.ts'
import { graphRoutes } from './routes/graph.ts'
import { createSimulator } from './simulator.ts'

/** The simulator as an app: Graph API, control API, and webhooks, which end when the app is closed. */
export async function buildApp(config: Config) {
  const app = await buildShell({ name: 'simulator', config })
  const simulator = createSimulator(config, app.log)
  // Before the server waits for open requests: some may hang because a fault says so.
  app.addHook('preClose', () => simulator.close())
  registerMetrics(app.metrics, simulator)
  await app.register(controlRoutes, { simulator })
  await app.register(exampleRoutes)
  await app.register(graphRoutes, { simulator })
  return app
}
