import { type Static, Type } from 'typebox'
import { ProblemSchema } from './errors.ts'
import { messageStates } from './message.ts'
import { OnUnknownSchema, PrioritySchema } from './sending.ts'

/** Shapes of `/v1/messages`; docs/sending.md tells them to callers. */

const nullableText = Type.Unsafe<string | null>({ type: ['string', 'null'] })
const AnyRecordSchema = Type.Record(Type.String(), Type.Unknown())

/** A state as callers see it: as it is. */
export const MessageStatusSchema = Type.Enum(messageStates)

/** An error of Meta's with what it means and what to do about it. */
export const ExplainedErrorSchema = Type.Object({
  code: Type.Optional(Type.Integer()),
  title: Type.Optional(Type.String()),
  message: Type.String(),
  details: Type.Optional(Type.String()),
  advice: Type.Optional(Type.String())
})
export type ExplainedError = Static<typeof ExplainedErrorSchema>

/** One step of a message's life. `attempt` counts the POSTs to Meta from 1. */
export const TimelineEntrySchema = Type.Object({
  state: MessageStatusSchema,
  at: Type.String(),
  attempt: Type.Optional(Type.Integer()),
  participant: Type.Optional(Type.String()),
  error: Type.Optional(ExplainedErrorSchema)
})
export type TimelineEntry = Static<typeof TimelineEntrySchema>

/** Who reacts to a message now, with what. */
export const ReactionSchema = Type.Object({ contact: Type.Integer(), emoji: Type.String(), at: Type.String() })

/** What a message was changed into, in Meta's shape. */
export const EditSchema = Type.Object({ content: AnyRecordSchema, at: Type.String() })

/** What a queued message waits for that is tried later: its recipient's pace, the pause after an attempt, its template. */
export const WaitingForSchema = Type.Enum(['recipient_pace', 'retry', 'template_pause'])
export type WaitingFor = Static<typeof WaitingForSchema>

/** A message of either direction. Times are ISO 8601 in UTC; numbers of customers have a `+`. */
export const ApiMessageSchema = Type.Object({
  id: Type.String(),
  wamid: nullableText,
  direction: Type.Enum(['in', 'out']),
  status: MessageStatusSchema,
  from: Type.Optional(Type.String()),
  to: Type.Optional(Type.String()),
  recipient: Type.Optional(Type.String()),
  recipient_type: Type.Optional(Type.Literal('group')),
  number: Type.String(),
  contact: Type.Optional(Type.Integer()),
  type: Type.String(),
  content: Type.Optional(AnyRecordSchema),
  priority: Type.Optional(PrioritySchema),
  send_at: Type.Optional(Type.String()),
  expires_at: Type.Optional(Type.String()),
  on_unknown: Type.Optional(OnUnknownSchema),
  metadata: Type.Optional(AnyRecordSchema),
  resend_of: Type.Optional(Type.String()),
  error: Type.Optional(ExplainedErrorSchema),
  next_attempt_at: Type.Optional(Type.String()),
  waiting_for: Type.Optional(WaitingForSchema),
  created_at: Type.String(),
  sent_at: Type.Optional(Type.String()),
  timeline: Type.Optional(Type.Array(TimelineEntrySchema)),
  pricing: Type.Optional(AnyRecordSchema),
  conversation: Type.Optional(AnyRecordSchema),
  reactions: Type.Optional(Type.Array(ReactionSchema)),
  edited: Type.Optional(EditSchema),
  revoked_at: Type.Optional(Type.String())
})
export type ApiMessage = Static<typeof ApiMessageSchema>

/** A page of messages, newest first; `next` is the cursor of the page after it. */
export const MessagePageSchema = Type.Object({
  messages: Type.Array(ApiMessageSchema),
  next: Type.Optional(Type.String())
})
export type MessagePage = Static<typeof MessagePageSchema>

/** What became of one message of a batch, by its place in it; pointers point into that message. */
export const BatchResultSchema = Type.Object({
  index: Type.Integer(),
  id: Type.Optional(Type.String()),
  status: Type.Optional(Type.Enum(['queued', 'scheduled'])),
  error: Type.Optional(
    Type.Object({ code: Type.String(), detail: Type.String(), errors: Type.Optional(Type.Array(ProblemSchema)) })
  )
})
export type BatchResult = Static<typeof BatchResultSchema>

export const BatchReplySchema = Type.Object({ results: Type.Array(BatchResultSchema) })
export type BatchReply = Static<typeof BatchReplySchema>

/** Messages in one batch. */
export const batchMessagesMax = 1_000

/** The body of a batch; its messages are judged one by one. */
export const BatchBodySchema = Type.Object(
  { messages: Type.Array(Type.Unknown(), { minItems: 1, maxItems: batchMessagesMax }) },
  { additionalProperties: false }
)

/** The body of `POST /v1/messages/<id>/read`. */
export const ReadBodySchema = Type.Object(
  {
    typing_indicator: Type.Optional(
      Type.Union([Type.Boolean(), Type.Object({ type: Type.Literal('text') }, { additionalProperties: false })])
    )
  },
  { additionalProperties: false }
)

export const ReadReplySchema = Type.Object({ success: Type.Boolean() })

const digits = Type.String({ pattern: '^[0-9]{1,15}$' })
const text = Type.String({ maxLength: 256 })

/** The query of `GET /v1/messages`. */
export const MessageQuerySchema = Type.Object(
  {
    contact: Type.Optional(digits),
    number: Type.Optional(Type.String({ maxLength: 64 })),
    state: Type.Optional(Type.Union([text, Type.Array(text, { maxItems: messageStates.length })])),
    direction: Type.Optional(Type.Enum(['in', 'out'])),
    error_code: Type.Optional(digits),
    from: Type.Optional(Type.String({ maxLength: 64 })),
    until: Type.Optional(Type.String({ maxLength: 64 })),
    limit: Type.Optional(Type.String({ maxLength: 16 })),
    cursor: Type.Optional(text)
  },
  { additionalProperties: false }
)
export type MessageQuery = Static<typeof MessageQuerySchema>
