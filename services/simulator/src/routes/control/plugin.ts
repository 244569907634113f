import { type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Simulator } from '../../simulator.ts'

/** What tests and people steer the simulator with. No authentication: it listens on loopback. */
export type ControlRoutes = FastifyPluginAsyncTypebox<{ simulator: Simulator }>
