import { timingSafeEqual } from 'node:crypto'
import { type FastifyInstance, type FastifyRequest } from 'fastify'
import { GraphError } from '../graph-error.ts'
import { type RequestRecord } from '../requests.ts'
import { type Simulator } from '../simulator.ts'
import { mediaRoutes } from './media.ts'
import { messageRoutes } from './messages.ts'
import { objectRoutes } from './objects.ts'

declare module 'fastify' {
  interface FastifyRequest {
    record: RequestRecord | null
  }
}

/** Everything the Graph API would answer: bearer token on every call, errors in Graph's envelope. */
export async function graphRoutes(app: FastifyInstance, { simulator }: { simulator: Simulator }): Promise<void> {
  app.decorateRequest('record', null)
  app.addHook('preHandler', async (request) => {
    record(request, simulator)
    checkToken(request, simulator.config.WHATSAPP_ACCESS_TOKEN)
  })
  app.addHook('onResponse', async (request, reply) => {
    if (request.record !== null && reply.raw.writableFinished) request.record.status = reply.statusCode
  })
  app.setErrorHandler(async (error, request, reply) => {
    const graphError = toGraphError(error)
    if (graphError.statusCode >= 500 && !(error instanceof GraphError))
      request.log.error({ err: error }, 'request failed')
    simulator.stats.refuse(graphError.code)
    return reply.code(graphError.statusCode).send(graphError.envelope(simulator.ids.traceId()))
  })

  await app.register(messageRoutes, { simulator })
  await app.register(mediaRoutes, { simulator })
  await app.register(objectRoutes, { simulator })

  // A path without a version, with one that is none, or beyond what is simulated.
  app.all('/*', async (request) => {
    const [path = ''] = request.url.split('?', 1)
    throw new GraphError(2500, { message: `Unknown path components: ${path}` })
  })
}

function record(request: FastifyRequest, { settings, requests, stats }: Simulator): void {
  stats.counts.requests++
  if (settings.recording !== 'all') return
  const { method, url, body } = request
  request.record = { at: new Date().toISOString(), method, url, body: body ?? null, status: null }
  requests.push(request.record)
}

function checkToken(request: FastifyRequest, token: string): void {
  const [, given] = /^(?:Bearer|OAuth) +(.+)$/i.exec(request.headers.authorization ?? '') ?? []
  if (given === undefined) throw new GraphError(190, { message: 'Invalid OAuth access token.' })
  const bytes = Buffer.from(given)
  const expected = Buffer.from(token)
  if (bytes.length === expected.length && timingSafeEqual(bytes, expected)) return
  throw new GraphError(190, { message: 'Invalid OAuth access token - Cannot parse access token' })
}

function toGraphError(error: unknown): GraphError {
  if (error instanceof GraphError) return error
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  if (status >= 500) return new GraphError(1, { message: 'An unknown error occurred', status: 500 })
  return new GraphError(100, { details: error instanceof Error ? error.message : 'The request cannot be read' })
}
