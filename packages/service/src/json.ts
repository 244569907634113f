import { isUtf8 } from 'node:buffer'
import { GatewayError } from '@wag/contracts'
import { type FastifyInstance } from 'fastify'

/** Levels of objects and arrays in a body; the deepest of Meta's messages has a dozen. What is deeper would exhaust the stack. */
const depthMax = 64

export type JsonOptions = {
  /** Whether a body that says it is JSON and is empty is none, rather than an error. */
  isEmptyAllowed?: boolean
}

/**
 * Reads JSON as Fastify does, and refuses what is nested too deeply or is not UTF-8: decoding would put U+FFFD in its place,
 * and that would be sent. In a plugin it takes the place of the app's own.
 */
export function addJson(app: FastifyInstance, { isEmptyAllowed = false }: JsonOptions = {}): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    if (bytes.length === 0 && isEmptyAllowed) return done(null, undefined)
    if (!isUtf8(bytes)) return done(refusal('is not UTF-8: encode the JSON as UTF-8'))
    const text = bytes.toString()
    return parse(request, text, (error, body: unknown) => {
      if (error && text !== '') return done(refusal(`is not valid JSON${placeOf(text)}`, error))
      if (error || !isDeeper(body, depthMax)) return done(error, body)
      return done(refusal(`is nested more than ${depthMax} levels deep`))
    })
  })
}

function refusal(what: string, cause?: Error): GatewayError {
  return new GatewayError('bad_request', `The body ${what}`, { cause })
}

/** Where the parser stumbles, if it says so; its own words would show what stands there. */
function placeOf(text: string): string {
  try {
    JSON.parse(text)
    return ': fields named __proto__ or constructor are not taken'
  } catch (error) {
    const position = /at position (\d+)/.exec(String(error))?.[1]
    return position === undefined ? '' : ` at position ${position}`
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  return Object.values(value).some((part) => isDeeper(part, levels - 1))
}
