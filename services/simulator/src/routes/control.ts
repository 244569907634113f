import { faultRoutes } from './control/faults.ts'
import { controlMessageRoutes } from './control/messages.ts'
import { type ControlRoutes } from './control/plugin.ts'
import { stateRoutes } from './control/state.ts'
import { webhookRoutes } from './control/webhooks.ts'

export const controlRoutes: ControlRoutes = async (app, { simulator }) => {
  for (const routes of [controlMessageRoutes, webhookRoutes, faultRoutes, stateRoutes]) {
    await app.register(routes, { simulator, prefix: '/control' })
  }
  // Without it, the Graph side would answer.
  app.all('/control/*', async (_request, reply) => {
    reply.callNotFound()
    return reply
  })
}
