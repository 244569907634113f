import { type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Simulator } from '../simulator.ts'
import { faultRoutes } from './control/faults.ts'
import { controlMessageRoutes } from './control/messages.ts'
import { stateRoutes } from './control/state.ts'
import { webhookRoutes } from './control/webhooks.ts'

/** What tests and people steer the simulator with. No authentication: it listens on loopback. */
export type ControlRoutes = FastifyPluginAsyncTypebox<{ simulator: Simulator }>

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
