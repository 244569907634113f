import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { GraphError } from './graph-error.ts'
import { type Ids } from './ids.ts'

const bytesMax = 256 * 1024 * 1024
const urlLifeMs = 5 * 60 * 1000
const mebibyte = 1024 * 1024

// Meta's limits by media type; `webp` holds for animated stickers, the larger of the two.
const limits: readonly (readonly [pattern: RegExp, bytes: number])[] = [
  [/^image\/(jpeg|png)$/, 5 * mebibyte],
  [/^image\/webp$/, 500 * 1024],
  [/^audio\/(aac|amr|mpeg|mp4|ogg)$/, 16 * mebibyte],
  [/^video\/(mp4|3gpp)$/, 16 * mebibyte],
  [/^(text\/plain|application\/(pdf|msword|zip|vnd\.[\w.-]+))$/, 100 * mebibyte]
]

export type Media = { id: string; mimeType: string; bytes: Buffer; sha256: Buffer; filename: string | undefined }

export type MediaStore = ReturnType<typeof createMediaStore>

/** Files that were uploaded or that phones sent. The oldest go when they take more than 256 MiB in all. */
export function createMediaStore(ids: Ids, secret: string) {
  const files = new Map<string, Media>()
  let bytesHeld = 0

  function remove(id: string): boolean {
    bytesHeld -= files.get(id)?.bytes.length ?? 0
    return files.delete(id)
  }

  function signature(id: string, expires: string): Buffer {
    return createHmac('sha256', secret).update(`${id}.${expires}`).digest()
  }

  return {
    add(mimeType: string, bytes: Buffer, filename?: string): Media {
      const sha256 = createHash('sha256').update(bytes).digest()
      const media = { id: ids.mediaId(), mimeType, bytes, sha256, filename }
      files.set(media.id, media)
      bytesHeld += bytes.length
      for (const oldest of files.keys()) {
        if (bytesHeld <= bytesMax || oldest === media.id) break
        remove(oldest)
      }
      return media
    },
    get: (id: string) => files.get(id),
    has: (id: string) => files.has(id),
    remove,
    count: () => files.size,
    /** Where its bytes are to be had for five minutes, with the bearer token. */
    url(origin: string, id: string, now = Date.now()): string {
      const expires = String(Math.floor((now + urlLifeMs) / 1000))
      const hash = signature(id, expires).toString('base64url')
      return `${origin}/whatsapp_business/attachments/?mid=${id}&ext=${expires}&hash=${hash}`
    },
    isUrlGood(id: string, expires: string, hash: string, now = Date.now()): boolean {
      const given = Buffer.from(hash, 'base64url')
      const expected = signature(id, expires)
      return given.length === expected.length && timingSafeEqual(given, expected) && Number(expires) * 1000 > now
    },
    clear(): void {
      files.clear()
      bytesHeld = 0
    }
  }
}

/** Refuses an upload that Meta would not take, by its type and size. */
export function checkUpload(mimeType: string, bytes: number): void {
  const limit = limits.find(([pattern]) => pattern.test(mimeType.split(';', 1)[0] ?? ''))
  if (limit === undefined) {
    const message = `(#100) Param file must be a file with one of the supported types. Received file of type '${mimeType}'.`
    throw new GraphError(100, { message })
  }
  if (bytes > limit[1])
    throw new GraphError(131053, { details: `File of type ${mimeType} is larger than ${limit[1]} bytes` })
  if (bytes === 0) throw new GraphError(131053, { details: 'File is empty' })
}
