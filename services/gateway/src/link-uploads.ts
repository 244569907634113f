import { GatewayError, type Problem } from '@wag/contracts'
import { type MediaUpload, mediaUploadDays } from '@wag/db'
import { bytesMaxOf, fetchLink, judgeMedia, type LinkOptions, type MediaKind, sniffMedia } from '@wag/graph'
import { createGate } from './gate.ts'
import { findMediaLinks, type MediaLink } from './media-links.ts'
import { type Metrics } from './metrics.ts'
import { type TempFiles } from './temp-files.ts'
import { type Uploads } from './uploads.ts'

export type LinkUploads = ReturnType<typeof createLinkUploads>

type LinkUploadsContext = {
  uploads: Uploads
  tempFiles: TempFiles
  metrics: Metrics
  links: LinkOptions
  fetchesMax: number
}

/** A message whose links are to be replaced. `until` is when its ids must still live: its `send_at`. */
export type LinkedMessage<Content> = { tenantId: string; phoneNumberId: string; content: Content; until?: Date }

type Wanted = { tenantId: string; phoneNumberId: string; kind: MediaKind; link: string; until: Date }
type Remembered = { found: Promise<MediaUpload>; goodUntil: number }

/** As long as Meta remembers a link that it fetched itself, in milliseconds. */
const rememberMs = 10 * 60_000
/** A link that failed is not fetched again for each message of the same batch. */
const rememberFailureMs = 10_000
const rememberedMax = 1_000
const waitingMax = 1_000
const dayMs = 86_400_000

/** Uploads what links in messages lead to, and puts Meta's ids in their place. */
export function createLinkUploads(context: LinkUploadsContext) {
  const remembered = new Map<string, Remembered>()
  const gate = createGate(context.fetchesMax, waitingMax)

  async function find(wanted: Wanted): Promise<MediaUpload> {
    const key = JSON.stringify([wanted.tenantId, wanted.phoneNumberId, wanted.kind, wanted.link])
    const known = remembered.get(key)
    if (known && known.goodUntil > Date.now()) {
      const upload = await known.found
      if (upload.expiresAt > wanted.until) return upload
    }
    const entry = { found: gate.run(() => fetchAndUpload(context, wanted)), goodUntil: Number.POSITIVE_INFINITY }
    remember(key, entry)
    return await entry.found
  }

  function remember(key: string, entry: Remembered): void {
    remembered.delete(key)
    remembered.set(key, entry)
    for (const oldest of remembered.keys()) {
      if (remembered.size <= rememberedMax) break
      remembered.delete(oldest)
    }
    entry.found.then(
      () => {
        entry.goodUntil = Date.now() + rememberMs
      },
      (error: unknown) => {
        entry.goodUntil = isOfTheLink(error) ? Date.now() + rememberFailureMs : 0
      }
    )
  }

  return {
    /**
     * The content with an `id` for every `link` to a medium. Throws `invalid_message` or `meta_refused` with a pointer to
     * each link that is at fault, `graph_unavailable` where Meta is.
     */
    async replaceLinks<Content extends object>(message: LinkedMessage<Content>): Promise<Content> {
      const { tenantId, phoneNumberId, until = new Date() } = message
      const content = structuredClone(message.content)
      const links = findMediaLinks(content)
      if (links.length === 0) return content
      if (until.getTime() > Date.now() + mediaUploadDays * dayMs) throw tooFarAhead()
      const found = await Promise.allSettled(
        links.map(({ kind, link }) => find({ tenantId, phoneNumberId, kind, link, until }))
      )
      failIfAny(found, links)
      for (const [index, { medium }] of links.entries()) {
        const result = found[index]
        delete medium.link
        if (result?.status === 'fulfilled') medium.id = result.value.mediaId
      }
      return content
    }
  }
}

async function fetchAndUpload(context: LinkUploadsContext, wanted: Wanted): Promise<MediaUpload> {
  const { uploads, tempFiles, metrics, links } = context
  const { kind, link, ...rest } = wanted
  const request = { link, bytesMax: bytesMaxOf(kind) }
  const fetched = await fetchLink(links, request, async ({ contentType, body }) => ({
    contentType,
    file: await tempFiles.write(body)
  })).catch((error: unknown) => {
    metrics.links.inc({ outcome: 'failed' })
    throw error
  })
  const { contentType: declared, file } = fetched
  try {
    metrics.links.inc({ outcome: 'fetched' })
    const sniffed = await sniffMedia(file.handle, file.bytes)
    const judgement = judgeMedia(sniffed, { bytes: file.bytes, declared, mustAgree: false, kind })
    if ('rule' in judgement) throw new GatewayError('invalid_message', `The file behind the link ${judgement.rule}`)
    return await uploads.upload({ ...rest, file, mimeType: judgement.mimeType, filename: 'file' })
  } finally {
    await file.close()
  }
}

function failIfAny(results: PromiseSettledResult<MediaUpload>[], links: MediaLink[]): void {
  const problems: Problem[] = []
  let code: 'invalid_message' | 'meta_refused' = 'meta_refused'
  for (const [index, result] of results.entries()) {
    if (result.status === 'fulfilled') continue
    const error: unknown = result.reason
    if (!isOfTheLink(error)) throw error
    if (error.code === 'invalid_message') code = 'invalid_message'
    problems.push({ pointer: links[index]?.pointer ?? '', detail: error.message })
  }
  const [first] = problems
  if (first) throw new GatewayError(code, first.detail, { problems })
}

/** Whether the link, or what it leads to, is at fault: then trying again at once is of no use. */
function isOfTheLink(error: unknown): error is GatewayError {
  return error instanceof GatewayError && (error.code === 'invalid_message' || error.code === 'meta_refused')
}

function tooFarAhead(): GatewayError {
  const detail = `must be within ${mediaUploadDays} days where media is uploaded: Meta keeps no file longer`
  return new GatewayError('invalid_message', `send_at ${detail}`, { problems: [{ pointer: '/send_at', detail }] })
}
