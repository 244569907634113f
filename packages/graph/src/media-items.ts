import { isRecord, tidyId, tidyText } from './tidy.ts'

/** A medium that a message carries, as its webhook tells of it. */
export type MediaItem = {
  metaId: string
  kind: string
  mimeType?: string
  filename?: string
  /** Hash of the file, 32 bytes. */
  sha256?: Buffer
}

const kinds = new Set(['image', 'video', 'audio', 'document', 'sticker'])

/**
 * The media that an inbound message brings: `content` is Meta's message object, `type` its type. Total: what carries no
 * medium with an id gives nothing.
 */
export function readMediaItems(type: string, content: Record<string, unknown>): MediaItem[] {
  // What a message was changed to may be another medium.
  if (type === 'edit') return readEdit(content)
  const part = kinds.has(type) && isRecord(content) ? content[type] : undefined
  const metaId = isRecord(part) ? tidyId(part.id) : undefined
  if (!isRecord(part) || metaId === undefined) return []
  const mimeType = tidyText(part.mime_type, 256)
  const filename = tidyText(part.filename, 512)
  const sha256 = readSha256(part.sha256)
  return [
    {
      metaId,
      kind: type,
      ...(mimeType !== undefined && { mimeType }),
      ...(filename !== undefined && { filename }),
      ...(sha256 !== undefined && { sha256 })
    }
  ]
}

function readEdit(content: Record<string, unknown>): MediaItem[] {
  const edit = isRecord(content) ? content.edit : undefined
  const message = isRecord(edit) ? edit.message : undefined
  if (!isRecord(message) || typeof message.type !== 'string' || message.type === 'edit') return []
  return readMediaItems(message.type, message)
}

/** A SHA-256 as Meta writes it: base64 in most webhooks, hex in Graph's answers and some webhooks. */
export function readSha256(value: unknown): Buffer | undefined {
  if (typeof value !== 'string') return undefined
  if (/^[0-9a-f]{64}$/i.test(value)) return Buffer.from(value, 'hex')
  return /^[\w+/-]{43}=?$/.test(value) ? Buffer.from(value, 'base64') : undefined
}
