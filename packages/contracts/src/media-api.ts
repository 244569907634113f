import { type Static, Type } from 'typebox'
import { MediaStateSchema } from './media.ts'

/** Shapes of `/v1/media`; docs/media.md tells them to callers. */

const nullable = <Value>(type: 'string' | 'integer') => Type.Unsafe<Value | null>({ type: [type, 'null'] })

/** A medium that a customer sent. `media_id` is Meta's id, `id` ours. Times are ISO 8601 in UTC. */
export const ApiMediaSchema = Type.Object({
  id: Type.String(),
  media_id: Type.String(),
  message: Type.String(),
  number: Type.String(),
  type: Type.String(),
  state: MediaStateSchema,
  mime_type: nullable<string>('string'),
  filename: nullable<string>('string'),
  bytes: nullable<number>('integer'),
  sha256: nullable<string>('string'),
  attempts: Type.Integer(),
  error: nullable<string>('string'),
  at: Type.String()
})
export type ApiMedia = Static<typeof ApiMediaSchema>

/** Seconds that a link to a medium may be good for. */
export const mediaLinkSecondsMax = 3_600

export const MediaLinkBodySchema = Type.Object(
  { expires_in_s: Type.Optional(Type.Integer({ minimum: 1, maximum: mediaLinkSecondsMax })) },
  { additionalProperties: false }
)

/** An address under which the bytes are to be had without a key, until it expires. */
export const MediaLinkSchema = Type.Object({ link: Type.String(), expires_at: Type.String() })
