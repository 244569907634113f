import { type Static, Type } from 'typebox'

/** Bodies and answers of the six original routes, exactly as their first clients know them. */

export const SendTemplateBodySchema = Type.Object({
  to_phone_number: Type.String(),
  template_name: Type.String(),
  language_code: Type.Optional(Type.String())
})
export type SendTemplateBody = Static<typeof SendTemplateBodySchema>

export const SendMessageBodySchema = Type.Object({
  to: Type.String(),
  type: Type.Enum(['text', 'image', 'document']),
  body: Type.Optional(Type.String()),
  link: Type.Optional(Type.String()),
  caption: Type.Optional(Type.String()),
  filename: Type.Optional(Type.String())
})
export type SendMessageBody = Static<typeof SendMessageBodySchema>

/** The shape of every error of these routes, and of the template route's success. */
export const StatusReplySchema = Type.Object({ status: Type.String(), message: Type.Optional(Type.String()) })
export type StatusReply = Static<typeof StatusReplySchema>

export const SentMessageSchema = Type.Object({
  message_id: Type.String(),
  contact: Type.String(),
  message_type: Type.String(),
  body: Type.String(),
  link: Type.String(),
  status: Type.String()
})
export type SentMessage = Static<typeof SentMessageSchema>

export const ListedMessageSchema = Type.Object({ ...SentMessageSchema.properties, timestamp: Type.String() })
export type ListedMessage = Static<typeof ListedMessageSchema>

export const ListedContactSchema = Type.Object({
  id: Type.Integer(),
  wa_id: Type.String(),
  profile_name: Type.String()
})
export type ListedContact = Static<typeof ListedContactSchema>

export const MediaReplySchema = Type.Object({ media_id: Type.String(), link: Type.String(), mime_type: Type.String() })
export type MediaReply = Static<typeof MediaReplySchema>
