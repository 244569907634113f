import { GatewayError } from '@wag/contracts'
import { type Principal } from '@wag/db'
import { type FastifyInstance, type FastifyRequest } from 'fastify'
import { sendError } from './errors.ts'

/** What a route asks of its caller's key. `ops` is `admin` for browsers: the key may also come as a Basic password. */
export type Scope = 'public' | 'read' | 'send' | 'admin' | 'ops'

declare module 'fastify' {
  interface FastifyContextConfig {
    scope?: Scope
  }
  interface FastifyRequest {
    principal: Principal | null
  }
}

const noKey = 'Send a valid API key: Authorization: Bearer <key>'

/** Finds out whose key this is; undefined for nobody's. */
export type Authenticator = (key: string) => Promise<Principal | undefined>

/**
 * Asks every request for a key, but for routes that say `public`. A route that says nothing keeps the service from
 * starting.
 */
export function addAuthentication(app: FastifyInstance, authenticate: Authenticator): void {
  const undeclared: string[] = []
  app.decorateRequest('principal', null)
  app.addHook('onRoute', (route) => {
    // Looked at when all is registered: a plugin around the route may still declare it.
    queueMicrotask(() => {
      if (!route.config?.scope) undeclared.push(`${String(route.method)} ${route.url}`)
    })
  })
  app.addHook('onReady', async () => {
    if (undeclared.length > 0) throw new Error(`routes without a scope: ${undeclared.join(', ')}`)
  })
  app.addHook('onRequest', async (request, reply) => {
    const scope = request.routeOptions.config.scope
    if (scope === 'public' || request.is404) return
    const principal = await authenticate(keyOf(request, scope) ?? '')
    // Answered here and not thrown: a plugin with an error handler of its own (the board) would answer otherwise.
    if (!principal) return sendError(new GatewayError('unauthorized', noKey), request, reply)
    if (!isAllowed(principal, scope)) {
      return sendError(new GatewayError('forbidden', `This key lacks the scope ${scope ?? 'admin'}`), request, reply)
    }
    request.principal = principal
  })
}

function isAllowed({ scopes }: Principal, scope: Scope | undefined): boolean {
  return scopes.includes('admin') || (scope !== undefined && scopes.includes(scope))
}

function keyOf(request: FastifyRequest, scope: Scope | undefined): string | undefined {
  const [, scheme = '', value = ''] = /^(bearer|basic) +(.+)$/i.exec(request.headers.authorization ?? '') ?? []
  // HTTP hands headers over as Latin-1; a key may be any text.
  if (/^bearer$/i.test(scheme)) return Buffer.from(value, 'latin1').toString('utf8')
  if (scope !== 'ops' || scheme === '') return undefined
  const credentials = Buffer.from(value, 'base64').toString('utf8')
  return credentials.slice(credentials.indexOf(':') + 1)
}

/** The caller of a route that asks for a key. */
export function principalOf(request: FastifyRequest): Principal {
  if (!request.principal) throw new GatewayError('unauthorized', noKey)
  return request.principal
}
