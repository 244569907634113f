import { GatewayError, isId } from '@wag/contracts'
import { type MessageCursor } from '@wag/db'
import { type FastifyReply, type FastifyRequest } from 'fastify'
import { Type } from 'typebox'

/** Entries of a list when the caller names no number, and at most. */
export const pageSizeMax = 1_000

export const PageQuerySchema = Type.Object({
  limit: Type.Optional(Type.String()),
  cursor: Type.Optional(Type.String({ maxLength: 256 }))
})

/** How many entries a caller wants. */
export function limitOf(value: string | undefined): number {
  if (value === undefined) return pageSizeMax
  const limit = Number(value)
  if (/^\d{1,9}$/.test(value) && limit >= 1) return Math.min(limit, pageSizeMax)
  const detail = `must be a number from 1 to ${pageSizeMax}`
  throw new GatewayError('bad_request', `limit ${detail}`, { problems: [{ pointer: '/limit', detail }] })
}

/** A cursor is opaque to callers: what it holds may change. */
export function encodeCursor(value: string): string {
  return Buffer.from(value).toString('base64url')
}

export function decodeCursor(cursor: string): string {
  return Buffer.from(cursor, 'base64url').toString()
}

export function badCursor(): GatewayError {
  const detail = 'must be one from a Link header of this list'
  return new GatewayError('bad_request', `cursor ${detail}`, { problems: [{ pointer: '/cursor', detail }] })
}

/** What a cursor into a list of messages holds. */
export function encodeMessageCursor({ at, id }: MessageCursor): string {
  return `${at.getTime()}.${id}`
}

export function decodeMessageCursor(cursor: string): MessageCursor {
  const [milliseconds = '', id] = decodeCursor(cursor).split('.', 2)
  const at = new Date(Number(milliseconds))
  if (!/^\d{1,15}$/.test(milliseconds) || Number.isNaN(at.getTime()) || !isId(id)) throw badCursor()
  return { at, id }
}

/** Names the next page in a `Link` header (RFC 8288). */
export function linkNext(request: FastifyRequest, reply: FastifyReply, publicUrl: string, cursor: string): void {
  const url = new URL(request.url, originOf(request, publicUrl))
  url.searchParams.set('cursor', encodeCursor(cursor))
  void reply.header('link', `<${url.href}>; rel="next"`)
}

/** Where the caller finds this gateway: as the operator says, or else as the caller itself did. */
export function originOf(request: FastifyRequest, publicUrl: string): string {
  const given = publicUrl || `${request.protocol}://${request.host}`
  return URL.canParse(given) ? new URL(given).origin : 'http://localhost'
}
