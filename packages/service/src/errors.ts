import { type ErrorCode, GatewayError, type Problem } from '@wag/contracts'
import { isLedgerAway } from '@wag/db/faults'
import { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { problemOf, problemsOf, problemType, speaksProblems } from './problem.ts'

/**
 * The one place where errors become answers: problem details under /v1, `{ status: 'error', message }` elsewhere. Texts of
 * 4xx pass; a 5xx that is not ours gets a fixed one, and its cause goes to the log under the request's id.
 */
export function addErrors(app: FastifyInstance): void {
  app.setNotFoundHandler(async () => {
    throw new GatewayError('not_found', 'Not found')
  })
  app.setErrorHandler(async (error: FastifyError | Error, request, reply) => sendError(error, request, reply))
}

/** Answers with an error and logs it. For where a plugin's own error handler would get in between, too. */
export function sendError(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const translated = translate(error, request)
  const { code, statusCode } = translated
  // The code leads to docs/errors.md; what an error of a caller's own says is for the caller.
  if (statusCode >= 500) request.log.error({ code, err: error, req: request }, 'request failed')
  else request.log.info({ code, statusCode, req: request }, 'request refused')
  return answer(translated, request, reply)
}

function answer(error: GatewayError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error.code === 'unauthorized') {
    const isOps = request.routeOptions.config.scope === 'ops'
    void reply.header('www-authenticate', isOps ? 'Basic realm="ops"' : 'Bearer')
  }
  if (error.statusCode === 503) void reply.header('retry-after', '1')
  void reply.code(error.statusCode)
  if (speaksProblems(request)) return reply.type(problemType).send(problemOf(error, request))
  return reply.send({ status: 'error', message: error.message })
}

function translate(error: FastifyError | Error, request: FastifyRequest): GatewayError {
  if (error instanceof GatewayError) return error
  // Anything may be thrown, whatever the type says.
  const statusCode = error instanceof Error && 'statusCode' in error ? (error.statusCode ?? 500) : 500
  if (statusCode < 500)
    return new GatewayError(codeOf(statusCode), textOf(error, statusCode, request), {
      cause: error,
      problems: complaintsOf(error)
    })
  if (isLedgerAway(error)) {
    return new GatewayError(
      'ledger_unavailable',
      'The database is not available. Whether this request took effect is not known',
      { cause: error }
    )
  }
  return new GatewayError('internal', 'Internal server error', { cause: error })
}

const codes = new Map<number, ErrorCode>([
  [404, 'not_found'],
  [413, 'payload_too_large'],
  [415, 'unsupported_media_type'],
  [429, 'too_many_requests']
])

function codeOf(statusCode: number): ErrorCode {
  return codes.get(statusCode) ?? 'bad_request'
}

function complaintsOf(error: FastifyError | Error): Problem[] {
  return 'validation' in error ? problemsOf(error.validation ?? []) : []
}

/** What to change, where Fastify's text only says what is wrong. */
function textOf(error: FastifyError | Error, statusCode: number, request: FastifyRequest): string {
  if (statusCode === 413) return `The body is too large: send ${request.routeOptions.bodyLimit} bytes at most`
  if (statusCode === 415) return `Unsupported media type: send content-type: ${takenBy(request)}`
  if (!('validation' in error)) return error.message
  const [complaint] = error.validation ?? []
  if (!complaint || !isToBeNamed(complaint)) return error.message
  const [problem] = problemsOf([complaint])
  return `${error.validationContext ?? 'body'}${problem?.pointer} ${problem?.detail}`
}

function takenBy({ server }: FastifyRequest): string {
  const types = ['application/json', 'multipart/form-data'].filter((type) => server.hasContentTypeParser(type))
  return types.join(' or ') || 'application/json'
}

/** Ajv's own words name neither the unknown field nor the values that are allowed. */
function isToBeNamed({ params }: { params?: Record<string, unknown> }): boolean {
  return params?.additionalProperty !== undefined || params?.allowedValues !== undefined
}

/** What the router itself refuses, before there is a route. No hook runs. */
export function sendFrameworkError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  void reply.header('x-request-id', request.id)
  sendError(
    error.statusCode === 500 ? error : new GatewayError('bad_request', badPath, { cause: error }),
    request,
    reply
  )
}

const badPath = 'The path cannot be read: it is not valid percent-encoded UTF-8, or a part of it is too long'
