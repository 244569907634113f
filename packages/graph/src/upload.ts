import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { GatewayError } from '@wag/contracts'
import { classify } from './errors.ts'
import { type Exchange } from './exchange.ts'
import { readJson } from './json.ts'
import { isMediaId } from './media.ts'
import { readMetaError } from './meta-error.ts'
import { isRecord } from './tidy.ts'

/** A file on its way to Meta; `read` gives its bytes, exactly as many as `bytes` says. */
export type MediaFile = {
  mimeType: string
  filename: string
  bytes: number
  read: (this: void) => AsyncIterable<Uint8Array>
}

export type UploadForm = { contentType: string; bytes: number; body: Readable }

/** The least speed at which an upload may go on, in bytes per millisecond (2 Mbit/s); below it the upload times out. */
const bytesPerMsMin = 256

/** How long an upload of so many bytes may take, when any other call may take `timeoutMs`. */
export function uploadTimeoutMs(bytes: number, timeoutMs: number): number {
  return timeoutMs + Math.ceil(bytes / bytesPerMsMin)
}

/** The multipart form of an upload, with a length known in advance and a body that is read as it is sent. */
export function createUploadForm(file: MediaFile): UploadForm {
  const boundary = `wag-${randomUUID()}`
  const field = (name: string, value: string): string =>
    `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  const head = Buffer.from(
    `${field('messaging_product', 'whatsapp')}${field('type', file.mimeType)}--${boundary}\r\n` +
      `content-disposition: form-data; name="file"; filename="${quoted(file.filename)}"\r\n` +
      `content-type: ${file.mimeType}\r\n\r\n`
  )
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`)
  async function* parts(): AsyncGenerator<Uint8Array> {
    yield head
    yield* file.read()
    yield tail
  }
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    bytes: head.length + file.bytes + tail.length,
    body: Readable.from(parts(), { objectMode: false })
  }
}

/** The id Meta gave the file. Throws `meta_refused` with Meta's words, or `graph_unavailable`. Pure. */
export function readMediaId(exchange: Exchange): string {
  if (exchange.kind !== 'answered') throw unavailable(exchange.reason)
  const { status, body } = exchange.answer
  const json = readJson(body)
  if (status === 200 && isRecord(json)) {
    // Meta's ids are strings; what stands in for it may send a number.
    const id = typeof json.id === 'number' ? String(json.id) : json.id
    if (typeof id === 'string' && isMediaId(id)) return id
  }
  const error = readMetaError(isRecord(json) ? json.error : undefined)
  if (error?.code === undefined) throw unavailable(`HTTP ${status}`)
  if (classify(error.code).action !== 'fail') throw unavailable(`code ${error.code}`)
  throw new GatewayError('meta_refused', [error.message, error.details].filter(Boolean).join(': '))
}

/** As browsers write names in forms: what would end the header or the quotes is percent-encoded. */
function quoted(filename: string): string {
  return filename.toWellFormed().replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function unavailable(reason: string): GatewayError {
  return new GatewayError('graph_unavailable', `Meta did not take the file (${reason})`)
}
