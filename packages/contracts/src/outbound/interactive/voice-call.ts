import { Type } from 'typebox'
import { fixed, text } from '../field.ts'
import { body, buttonTitleLengthMax, FooterSchema, HeaderSchema, kind } from './parts.ts'

/** How long the button works, in minutes: up to 30 days. */
export const TtlMinutesSchema = Type.Integer({ minimum: 1, maximum: 43_200 })
/** Comes back in the webhooks of the call. */
export const CallPayloadSchema = text(512)

export const VoiceCallSchema = kind(
  'voice_call',
  fixed({
    name: Type.Literal('voice_call'),
    parameters: Type.Optional(
      fixed({
        display_text: Type.Optional(text(buttonTitleLengthMax)),
        ttl_minutes: Type.Optional(TtlMinutesSchema),
        payload: Type.Optional(CallPayloadSchema)
      })
    )
  }),
  { header: Type.Optional(HeaderSchema), body: body(), footer: Type.Optional(FooterSchema) }
)
