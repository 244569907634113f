import { GatewayError } from '@wag/contracts'
import { type FastifyInstance } from 'fastify'

/** Levels of objects and arrays in a body; the deepest of Meta's messages has a dozen. What is deeper would exhaust the stack. */
const depthMax = 64

export type JsonOptions = {
  /** Whether a body that says it is JSON and is empty is none, rather than an error. */
  isEmptyAllowed?: boolean
}

/** Reads JSON as Fastify does, and refuses what is nested too deeply. In a plugin it takes the place of the app's own. */
export function addJson(app: FastifyInstance, { isEmptyAllowed = false }: JsonOptions = {}): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (text === '' && isEmptyAllowed) return done(null, undefined)
    return parse(request, text, (error, body: unknown) => {
      if (error || !isDeeper(body, depthMax)) return done(error, body)
      return done(new GatewayError('bad_request', `The body is nested more than ${depthMax} levels deep`))
    })
  })
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  return Object.values(value).some((part) => isDeeper(part, levels - 1))
}
