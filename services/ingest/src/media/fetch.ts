import { GatewayError } from '@wag/contracts'
import { type ClaimedMedia, loadAccessToken, reserveMedia } from '@wag/db'
import { type Download, type Media } from '@wag/graph'
import { type MediaSink } from '@wag/media'
import { type MediaContext } from './context.ts'
import { type Poured, pour } from './pour.ts'
import { type Trouble } from './retry.ts'

/** What one attempt came to. `lost`: the claim is somebody else's by now, or the medium is erased. */
export type Fetched =
  | { kind: 'stored'; hash: Buffer; bytes: number; mimeType: string }
  | { kind: 'refused'; reason: string }
  | { kind: 'trouble'; trouble: Trouble }
  | { kind: 'lost' }

/** An address that is not good any more is asked for anew, this often in one attempt. */
const addressesMax = 3

/** Fetches one medium from Meta into the store. `stop` ends it early. Does not throw. */
export async function fetchMedia(context: MediaContext, media: ClaimedMedia, stop: AbortSignal): Promise<Fetched> {
  const slow = new AbortController()
  const signal = AbortSignal.any([stop, slow.signal, AbortSignal.timeout(context.limits.timeoutMs)])
  try {
    const { db, encryptionKey } = context
    const accessToken = await loadAccessToken(db, { tenantId: media.tenantId, id: media.phoneNumberId }, encryptionKey)
    if (accessToken === undefined) return away('no access token is known for its phone number')
    return await fetchWith(context, media, accessToken, signal, () => slow.abort())
  } catch (error) {
    if (slow.signal.aborted) return away('Meta sent it too slowly')
    if (signal.aborted) return away('it took too long')
    return troubleOf(error)
  }
}

async function fetchWith(
  context: MediaContext,
  media: ClaimedMedia,
  accessToken: string,
  signal: AbortSignal,
  giveUp: () => void
): Promise<Fetched> {
  const { graph, downloads, limits } = context
  const { metaId: mediaId, phoneNumberId } = media
  for (let addresses = 1; ; addresses++) {
    const located = await graph.getMedia({ mediaId, phoneNumberId, accessToken, signal })
    if ((located.bytes ?? 0) > limits.bytesMax) return tooLarge(limits.bytesMax)
    const download = await downloads.open(located.link, accessToken, signal)
    if (download.kind === 'stale' && addresses < addressesMax) continue
    if (download.kind !== 'open') return unopened(download)
    if ((download.bytes ?? 0) > limits.bytesMax) {
      download.body.destroy()
      return tooLarge(limits.bytesMax)
    }
    return keep(context, media, located, download.body, giveUp)
  }
}

async function keep(
  context: MediaContext,
  media: ClaimedMedia,
  located: Media,
  body: AsyncIterable<Buffer> & { destroy(): unknown },
  giveUp: () => void
): Promise<Fetched> {
  const { store, limits } = context
  const expected = media.expected ?? located.sha256
  let sink: MediaSink | undefined
  try {
    sink = await store.create(expected && { tenantId: media.tenantId, hash: expected })
    const poured = await pour(body, sink, limits.bytesMax, giveUp)
    const fetched = judge(poured, expected, located, limits.bytesMax)
    if (fetched.kind !== 'stored') return fetched
    const key = { tenantId: media.tenantId, hash: fetched.hash }
    if (!(await reserveMedia(context.db, media, key))) return { kind: 'lost' }
    await sink.commit(key)
    sink = undefined
    return fetched
  } finally {
    body.destroy()
    await sink?.abort()
  }
}

/** Whether what came is what was announced. */
function judge(poured: Poured, expected: Buffer | undefined, located: Media, bytesMax: number): Fetched {
  if (poured.kind === 'too_large') return tooLarge(bytesMax)
  const { hash, bytes } = poured
  if (expected && !hash.equals(expected)) return wrong('its hash is not the one that Meta announced')
  const isShort = !expected && located.bytes !== undefined && located.bytes !== bytes
  if (isShort) return wrong('its size is not the one that Meta announced')
  return { kind: 'stored', hash, bytes, mimeType: located.mimeType }
}

function unopened(download: Exclude<Download, { kind: 'open' }>): Fetched {
  if (download.kind === 'foreign') return wrong(download.reason)
  if (download.kind === 'unavailable') return away(`Meta did not give it (${download.reason})`)
  const reason = `Meta's address for it does not work (HTTP ${download.status})`
  const isMissing = download.status === 404 || download.status === 410
  return { kind: 'trouble', trouble: { kind: isMissing ? 'missing' : 'away', reason } }
}

function tooLarge(bytesMax: number): Fetched {
  return { kind: 'refused', reason: `it is larger than ${bytesMax} bytes` }
}

function wrong(reason: string): Fetched {
  return { kind: 'trouble', trouble: { kind: 'wrong', reason } }
}

function away(reason: string): Fetched {
  return { kind: 'trouble', trouble: { kind: 'away', reason } }
}

function troubleOf(error: unknown): Fetched {
  if (!(error instanceof GatewayError)) return away('the connection broke')
  if (error.code === 'media_not_found')
    return { kind: 'trouble', trouble: { kind: 'missing', reason: 'Meta does not have it' } }
  return away(error.message)
}
