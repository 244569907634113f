import { GatewayError } from '@wag/contracts'
import { type FastifyReply, type FastifyRequest } from 'fastify'
import { type LoggerOptions } from 'pino'

/** Key names whose values never reach a log. What the serializers below write holds none; this is the second wall. */
const redactedPaths = [
  'authorization',
  'access_token',
  'accessToken',
  'token',
  'secret',
  'password',
  'key',
  'to',
  'body'
]

/** How a service logs: JSON lines, own serializers for requests and errors, so that no raw object is ever written. */
export function logOptions(name: string, level: string): LoggerOptions {
  return {
    name,
    level,
    redact: { paths: redactedPaths.flatMap((path) => [path, `*.${path}`]), censor: '[redacted]' },
    serializers: { req: requestOf, res: replyOf, err: errorOf, error: errorOf }
  }
}

/** The route's pattern stands for the address: addresses hold ids and, at Meta's handshake, a secret. */
function requestOf(request: FastifyRequest) {
  return { method: request.method, route: request.routeOptions?.url ?? 'none' }
}

function replyOf(reply: FastifyReply) {
  return { statusCode: reply.statusCode }
}

/** What may be told of an error: a text of ours as it is, anybody else's with what looks like a number or a wamid cut out. */
export function errorOf(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: scrub(String(error)) }
  const isOurs = error instanceof GatewayError
  return {
    type: error.name,
    ...('code' in error && { code: error.code }),
    message: isOurs ? error.message : scrub(error.message),
    ...(!isOurs && {
      at: error.stack
        ?.split('\n')
        .filter((line) => line.startsWith('    at '))
        .slice(0, 6)
    }),
    ...(error.cause !== undefined && { cause: errorOf(error.cause) })
  }
}

/** Takes phone numbers, wamids and credentials in addresses out of a text. */
export function scrub(text: string): string {
  return text
    .replace(/wamid\.[\w+/=-]+/g, '[wamid]')
    .replace(/\/\/[^/@\s]+@/g, '//[credentials]@')
    .replace(/\+?\d[\d ().-]{5,}\d/g, '[number]')
}
