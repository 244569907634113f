import { type GatewayError, isId } from '@wag/contracts'
import { type MessageCursor } from '@wag/db'
import { type FastifyReply, type FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { badQuery } from './query.ts'

/** Entries of a list when the caller names no number, and at most. */
export const pageSizeMax = 1_000

/** What every list of `/v1` takes. A name that it does not know is refused: a filter that was misspelt filters nothing. */
export const PageQuerySchema = Type.Object(
  {
    limit: Type.Optional(Type.String()),
    cursor: Type.Optional(Type.String({ maxLength: 256 }))
  },
  { additionalProperties: false }
)

/** What the original lists take: callers of old may name more. */
export const OriginalPageQuerySchema = Type.Object(PageQuerySchema.properties)

/** How many entries a caller wants. */
export function limitOf(value: string | undefined): number {
  if (value === undefined) return pageSizeMax
  const limit = Number(value)
  if (/^\d{1,9}$/.test(value) && limit >= 1) return Math.min(limit, pageSizeMax)
  throw badQuery('limit', `must be a number from 1 to ${pageSizeMax}`)
}

/** A cursor is opaque to callers: what it holds may change. */
export function encodeCursor(value: string): string {
  return Buffer.from(value).toString('base64url')
}

export function decodeCursor(cursor: string): string {
  return Buffer.from(cursor, 'base64url').toString()
}

export function badCursor(): GatewayError {
  return badQuery('cursor', 'must be the one that this list gave for its next page')
}

/** The id that a list by id goes on behind. */
export function idOfCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined
  const id = decodeCursor(cursor)
  if (!isId(id)) throw badCursor()
  return id
}

/** The number that a list by number goes on behind. */
export function numberOfCursor(cursor: string | undefined): number {
  if (cursor === undefined) return 0
  const id = decodeCursor(cursor)
  if (!/^\d{1,15}$/.test(id)) throw badCursor()
  return Number(id)
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

/** The rows that a page shows, of one more than that; and the id that the next page goes on behind, where there is one. */
export function cutPage<Row extends { id: string | number }>(found: Row[], limit: number) {
  const page = found.slice(0, limit)
  return { page, last: found.length > limit ? page.at(-1)?.id.toString() : undefined }
}

/** What a page says of the one after it: its cursor, which a `Link` header leads to as well; nothing at the end. */
export function nextOf(
  request: FastifyRequest,
  reply: FastifyReply,
  publicUrl: string,
  last: string | undefined
): { next?: string } {
  if (last === undefined) return {}
  linkNext(request, reply, publicUrl, last)
  return { next: encodeCursor(last) }
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
