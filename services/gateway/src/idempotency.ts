import { createHash } from 'node:crypto'
import { GatewayError } from '@wag/contracts'
import { type IdempotencyKey } from '@wag/db'
import { type FastifyRequest } from 'fastify'

const keyLengthMax = 255

/**
 * The `Idempotency-Key` of a request with the fingerprint of what it asks for; undefined without one. The key is a text in
 * quotes (RFC 8941) or bare: both name the same.
 */
export function idempotencyOf(request: FastifyRequest): IdempotencyKey | undefined {
  const header = request.headers['idempotency-key']
  if (header === undefined) return undefined
  return { key: parseKey(String(header)), fingerprint: fingerprintOf(request) }
}

function parseKey(header: string): string {
  const text = header.trim()
  const key = text.startsWith('"') ? /^"((?:[^"\\]|\\["\\])*)"$/.exec(text)?.[1]?.replace(/\\(.)/g, '$1') : text
  if (key && key.length <= keyLengthMax && /^[\x20-\x7e]+$/.test(key)) return key
  throw new GatewayError('bad_request', `Idempotency-Key must be 1 to ${keyLengthMax} printable ASCII characters`)
}

/**
 * SHA-256 of method, path and the body's meaning: the order of an object's fields and the spaces between them, which a
 * repeated request may write in another way, do not count.
 */
function fingerprintOf({ method, url, body }: FastifyRequest): Buffer {
  const path = url.split('?', 1)[0]?.replace(/\/$/, '') ?? ''
  return createHash('sha256')
    .update(`${method} ${path}\n`)
    .update(JSON.stringify(sorted(body)) ?? '')
    .digest()
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return { fields: fields.map(([name, field]) => [name, sorted(field)]) }
}
