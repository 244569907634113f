import { GatewayError } from '@wag/contracts'
import { classify } from './errors.ts'
import { type Answer, type Exchange } from './exchange.ts'
import { readJson } from './json.ts'
import { readSha256 } from './media-items.ts'
import { readMetaError } from './meta-error.ts'
import { isRecord } from './tidy.ts'

/** Where a medium can be fetched for the next five minutes, with the token, and from Meta's hosts only. */
export type Media = {
  mediaId: string
  link: string
  mimeType: string
  /** Hash of the file, where Meta tells it. */
  sha256?: Buffer
  /** Size of the file, where Meta tells it. */
  bytes?: number
}

const mediaIdShape = /^[A-Za-z0-9_.-]{1,255}$/

/** Throws `media_not_found` for what cannot be an id of Meta's, so that it never becomes part of a path. */
export function assertMediaId(mediaId: string): void {
  if (!isMediaId(mediaId)) throw notFound()
}

/** Whether a text can be an id of Meta's. */
export function isMediaId(mediaId: string): boolean {
  return mediaIdShape.test(mediaId) && mediaId !== '.' && mediaId !== '..'
}

/** Reads the medium from Graph's answer, or throws a `GatewayError`. Pure. */
export function readMedia(mediaId: string, exchange: Exchange): Media {
  if (exchange.kind !== 'answered') throw unavailable(exchange.reason)
  const json = readJson(exchange.answer.body)
  const { status } = exchange.answer
  if (status === 200 && isRecord(json) && isLink(json.url)) {
    const mimeType = typeof json.mime_type === 'string' ? json.mime_type : 'application/octet-stream'
    const sha256 = readSha256(json.sha256)
    const bytes = readBytes(json.file_size)
    return { mediaId, link: json.url, mimeType, ...(sha256 && { sha256 }), ...(bytes !== undefined && { bytes }) }
  }
  throw readRefusal(exchange.answer, isRecord(json) ? json.error : undefined)
}

function readRefusal({ status }: Answer, value: unknown): GatewayError {
  const error = readMetaError(value)
  const subcode = isRecord(value) ? value.error_subcode : undefined
  if (status === 404 || error?.code === 131052 || (error?.code === 100 && subcode === 33)) return notFound()
  if (error?.code === undefined) {
    const isRefusal = status >= 300 && status < 500 && status !== 408 && status !== 429
    return isRefusal ? refused(`Meta answered HTTP ${status}`) : unavailable(`HTTP ${status}`)
  }
  return classify(error.code).action === 'fail' ? refused(error.message) : unavailable(`code ${error.code}`)
}

/** A number, or its digits: Meta sends both. */
function readBytes(value: unknown): number | undefined {
  const bytes = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  return Number.isSafeInteger(bytes) && Number(bytes) >= 0 ? Number(bytes) : undefined
}

function isLink(value: unknown): value is string {
  return typeof value === 'string' && /^https?:\/\//i.test(value) && URL.canParse(value)
}

function notFound(): GatewayError {
  return new GatewayError('media_not_found', 'Media not found')
}

function refused(message: string): GatewayError {
  return new GatewayError('meta_refused', message)
}

function unavailable(reason: string): GatewayError {
  return new GatewayError('graph_unavailable', `Meta did not tell where the medium is (${reason})`)
}
