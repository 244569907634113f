import { GatewayError } from '@wag/contracts'
import { type StoredMedia } from '@wag/db'
import { type ByteRange, type MediaStore } from '@wag/media'
import { type FastifyReply, type FastifyRequest } from 'fastify'
import { namesTag, readRange } from './byte-range.ts'
import { headersOf } from './media-headers.ts'

/** A reader that takes nothing for this long is let go, in milliseconds. */
const stallMs = 60_000

/** Answers with the bytes of a medium, or the part that was asked for. */
export async function sendContent(
  store: MediaStore | undefined,
  media: StoredMedia,
  request: FastifyRequest,
  reply: FastifyReply
): Promise<FastifyReply> {
  const { hash, bytes: size } = media
  if (media.state !== 'stored' || hash === null || size === null) {
    throw new GatewayError('state_conflict', `This medium is not stored: it is ${media.state}`)
  }
  if (!store) throw new GatewayError('media_unavailable', 'No media store is set up')
  const tag = `"${hash.toString('hex')}"`
  const headers = { ...headersOf(media), etag: tag, 'accept-ranges': 'bytes' }
  if (namesTag(request.headers['if-none-match'], tag)) return reply.headers(headers).code(304).send()

  const range = rangeOf(request, size, tag)
  if (range === 'unsatisfiable') {
    void reply.header('content-range', `bytes */${size}`)
    throw new GatewayError('bad_range', `This medium has ${size} bytes`)
  }
  const body = request.method === 'HEAD' ? '' : await store.read({ tenantId: media.tenantId, hash }, range)
  if (body === undefined) {
    request.log.error({ mediaId: media.id }, 'a stored medium is not in the media store')
    throw new GatewayError('media_not_found', 'Media not found')
  }
  if (typeof body !== 'string') reply.raw.setTimeout(stallMs, () => reply.raw.destroy())
  if (range) void reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${size}`)
  return reply.headers({ ...headers, 'content-length': range ? range.end - range.start + 1 : size }).send(body)
}

/** A part counts only of these very bytes: `If-Range` with another tag, or a date, asks for all of them. */
function rangeOf({ headers }: FastifyRequest, size: number, tag: string): ByteRange | 'unsatisfiable' | undefined {
  const ifRange = headers['if-range']
  return ifRange === undefined || ifRange === tag ? readRange(headers.range, size) : undefined
}
