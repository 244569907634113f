import { type ApiMedia } from '@wag/contracts'
import { type StoredMedia } from '@wag/db'

/** A medium as the API shows it. */
export function apiMediaOf(media: StoredMedia): ApiMedia {
  return {
    id: media.id,
    media_id: media.metaId,
    message: media.messageId,
    number: media.phoneNumberId,
    type: media.kind,
    state: media.state,
    mime_type: media.mimeType,
    filename: media.filename,
    bytes: media.bytes,
    sha256: media.state === 'stored' ? (media.hash?.toString('hex') ?? null) : null,
    attempts: media.attempts,
    error: media.error,
    at: media.at.toISOString()
  }
}
