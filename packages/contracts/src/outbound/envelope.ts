import { type Static, Type } from 'typebox'
import { type Problem } from '../errors.ts'
import { instantPattern, instantRule } from '../instant.ts'
import { OnUnknownSchema, PrioritySchema } from '../sending.ts'
import { DataSchema, fixed, IdSchema, text } from './field.ts'
import { unless, withRule } from './rule.ts'

/** Bytes of a message's metadata as JSON. */
export const metadataBytesMax = 2048

/** Fields of Meta's that go out with the content, whatever its type. */
export const passedFields = {
  context: Type.Optional(fixed({ message_id: IdSchema })),
  recipient_identity_key_hash: Type.Optional(text(512)),
  category: Type.Optional(Type.Enum(['utility', 'authentication', 'marketing', 'service'])),
  ttl_seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_592_000 })),
  message_send_ttl_seconds: Type.Optional(Type.Integer({ minimum: -1, maximum: 2_592_000 }))
}

const TimeSchema = Type.String({
  maxLength: 40,
  pattern: instantPattern,
  description: instantRule
})

/** Who sends to whom, and what the gateway does with it; none of it goes out as it is. */
export const ownFields = {
  from: Type.Optional(text(64)),
  to: Type.Optional(text(256)),
  recipient: Type.Optional(text(256)),
  recipient_type: Type.Optional(Type.Enum(['individual', 'group'])),
  messaging_product: Type.Optional(Type.Literal('whatsapp')),
  priority: Type.Optional(PrioritySchema),
  send_at: Type.Optional(TimeSchema),
  expires_at: Type.Optional(TimeSchema),
  on_unknown: Type.Optional(OnUnknownSchema),
  metadata: Type.Optional(withRule(DataSchema, smallMetadata)),
  biz_opaque_callback_data: Type.Optional(text(512)),
  status: Type.Optional(
    Type.Never({ description: 'is no field of a message: mark one as read with POST /v1/messages/{id}/read' })
  )
}

export const EnvelopeSchema = Type.Object({ ...passedFields, ...ownFields })
export type Envelope = Static<typeof EnvelopeSchema>

function smallMetadata(metadata: Record<string, unknown>): Problem[] {
  const bytes = new TextEncoder().encode(JSON.stringify(metadata)).length
  return unless(bytes <= metadataBytesMax, '', `must not be larger than ${metadataBytesMax} bytes as JSON`)
}

const phoneDigitsMax = 64

/** Exactly one recipient, named as its kind asks. */
export function recipientRule(body: Envelope): Problem[] {
  const { to, recipient, recipient_type: kind } = body
  if (to !== undefined && recipient !== undefined) {
    return unless(false, '/recipient', 'must not be given together with to')
  }
  if (kind === 'group') return unless(to !== undefined, '/to', 'is required and must be the id of the group')
  if (to === undefined) return unless(recipient !== undefined, '/to', 'is required, or recipient in its place')
  return unless(to.length <= phoneDigitsMax, '/to', `must not be longer than ${phoneDigitsMax} characters`)
}
