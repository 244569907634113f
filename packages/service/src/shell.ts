import { type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { createId } from '@wag/contracts'
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  LogController,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault
} from 'fastify'
import { type Registry } from 'prom-client'
import { type Authenticator, addAuthentication } from './authenticate.ts'
import { addBodyTimeout } from './body-timeout.ts'
import { addErrors, sendFrameworkError } from './errors.ts'
import { addHealth, type Checks } from './health.ts'
import { addJson } from './json.ts'
import { logOptions } from './log.ts'
import { addMetrics } from './metrics.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The service's own metrics are registered here. */
    metrics: Registry
  }
}

/** A service: Fastify with TypeBox schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression<RawServerDefault>,
  RawReplyDefaultExpression<RawServerDefault>,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

export type ShellOptions = {
  name: string
  config: { LOG_LEVEL: string }
  /** What readiness checks. */
  checks?: Checks
  /** Who may call; without it every route is open (the simulator, which has Meta's own ways). */
  authenticate?: Authenticator
}

/** Bytes of an ordinary request's body; Meta's webhook has a limit of its own. */
const bodyBytesMax = 256 * 1024
/** How long a client may take to send its request at the very most, in milliseconds; addBodyTimeout() knows better. */
const requestTimeoutMs = 900_000

/** How long it may take until its headers are complete: a connection that says nothing is closed after this. In milliseconds. */
const headersTimeoutMs = 5_000
const connectionLookMs = 1_000

/** What every service has: JSON logs, request ids, errors, health, metrics, authentication. */
export async function buildShell({ name, config, checks = {}, authenticate }: ShellOptions): Promise<App> {
  const app: App = fastify({
    logger: logOptions(name, config.LOG_LEVEL),
    bodyLimit: bodyBytesMax,
    requestTimeout: requestTimeoutMs,
    http: { headersTimeout: headersTimeoutMs, connectionsCheckingInterval: connectionLookMs },
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 512 },
    genReqId: (request) => requestIdOf(request.headers['x-request-id']),
    frameworkErrors: sendFrameworkError,
    // Verbose, so that an unknown field can be answered with those that are known.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: false, verbose: true } }
  }).withTypeProvider<TypeBoxTypeProvider>()
  // Fastify reads text/plain by itself; here JSON is spoken, and anything else is 415.
  app.removeContentTypeParser('text/plain')
  addJson(app)
  addBodyTimeout(app)
  if (authenticate) addAuthentication(app, authenticate)
  addErrors(app)
  addHealth(app, checks)
  app.decorate('metrics', addMetrics(app, name))
  let isClosing = false
  app.addHook('preClose', async () => {
    isClosing = true
  })
  app.addHook('onSend', async (request, reply) => {
    void reply.header('x-request-id', request.id)
    // Kept alive, the connection of a request that was under way would hold up the close for over a minute.
    if (isClosing) void reply.header('connection', 'close')
  })
  app.addHook('onResponse', async (request, reply) => {
    request.log.debug({ req: request, res: reply, ms: Math.round(reply.elapsedTime) }, 'answered')
  })
  return app
}

/** A caller's own request id is kept where it is harmless; anything else gets one of ours. */
function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && /^[\w-]{8,64}$/.test(header) ? header : createId()
}
