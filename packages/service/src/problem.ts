import { type GatewayError, type Problem } from '@wag/contracts'
import { type FastifyRequest } from 'fastify'

/** The media type of errors under /v1 (RFC 9457). */
export const problemType = 'application/problem+json; charset=utf-8'

/** Whether a request is for the API whose errors are problem details; the other routes keep the shape they began with. */
export function speaksProblems({ url }: FastifyRequest): boolean {
  return /^\/v1(?:[/?]|$)/.test(url)
}

/** The problem details of an error: `instance` is the request's id, which leads to its lines in the log. */
export function problemOf(error: GatewayError, request: FastifyRequest) {
  const { code, statusCode: status, message: detail, problems } = error
  return {
    type: `urn:wag:problem:${code}`,
    title: titleOf(code),
    status,
    detail,
    code,
    ...(problems.length > 0 && { errors: problems }),
    instance: request.id
  }
}

function titleOf(code: string): string {
  const words = code.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** One of Ajv's complaints about a request. */
type Complaint = {
  instancePath: string
  params?: Record<string, unknown>
  message?: string | undefined
  /** The schema of the object that the complaint is about. */
  parentSchema?: { properties?: object }
}

/** Where Ajv's complaints point: a missing or unknown field is pointed at itself, not at what it should be in. */
export function problemsOf(complaints: Complaint[]): Problem[] {
  return complaints.map(({ instancePath, params = {}, message = 'is not as it must be', parentSchema }) => {
    const field = params.missingProperty ?? params.additionalProperty
    const allowed = Array.isArray(params.allowedValues) ? `: ${params.allowedValues.join(', ')}` : ''
    const detail = params.additionalProperty === undefined ? `${message}${allowed}` : unknownAmong(parentSchema)
    return { pointer: typeof field === 'string' ? `${instancePath}/${segmentOf(field)}` : instancePath, detail }
  })
}

function unknownAmong({ properties = {} }: { properties?: object } = {}): string {
  const known = Object.keys(properties)
  return known.length > 0 ? `is not known here; known are ${known.join(', ')}` : 'is not known here'
}

function segmentOf(field: string): string {
  return field.replaceAll('~', '~0').replaceAll('/', '~1')
}
