import { type Static, Type } from 'typebox'
import { InboxResultSchema } from './webhook.ts'

const instant = Type.String({ description: 'ISO 8601, UTC.' })
const closed = { additionalProperties: false }

/** Where a webhook stands: it waits for ingest; all of it has its place; some of it, or all, is put aside. */
export const webhookStates = ['pending', 'processed', 'quarantined'] as const
export const WebhookStateSchema = Type.Enum(webhookStates)
export type WebhookState = Static<typeof WebhookStateSchema>

/** A webhook of the inbox, without its body. `bytes` is 0 once it was erased. */
export const WebhookViewSchema = Type.Object({
  id: Type.String(),
  received_at: instant,
  bytes: Type.Integer(),
  state: WebhookStateSchema,
  processed_at: Type.Union([instant, Type.Null()]),
  result: Type.Union([InboxResultSchema, Type.Null()]),
  attempts: Type.Integer({ description: 'How often it could not be applied, for no fault of what it says.' }),
  last_error: Type.Union([Type.String(), Type.Null()]),
  retry_at: Type.Union([instant, Type.Null()]),
  erased_at: Type.Union([instant, Type.Null()])
})
export type WebhookView = Static<typeof WebhookViewSchema>

/** A page of webhooks, newest first; `next` is the cursor of the page after it. */
export const WebhookPageSchema = Type.Object({
  webhooks: Type.Array(WebhookViewSchema),
  next: Type.Optional(Type.String())
})

/** One webhook with its body, byte for byte, as base64. */
export const WebhookDetailSchema = Type.Object({ ...WebhookViewSchema.properties, body: Type.String() })
export type WebhookDetail = Static<typeof WebhookDetailSchema>

/** Something that was put aside. `item` is null where it is the whole body of `webhook_id`. */
export const QuarantineViewSchema = Type.Object({
  id: Type.String(),
  webhook_id: Type.String(),
  created_at: instant,
  reason: Type.String(),
  item: Type.Unknown()
})
export type QuarantineView = Static<typeof QuarantineViewSchema>

/** A page of what was put aside, newest first; `next` is the cursor of the page after it. */
export const QuarantinePageSchema = Type.Object({
  quarantine: Type.Array(QuarantineViewSchema),
  next: Type.Optional(Type.String())
})

/** Which webhooks are to be processed once more: those received from `from` to before `until`. */
export const ReplayRequestSchema = Type.Object(
  {
    from: instant,
    until: Type.Optional(instant),
    state: Type.Optional(WebhookStateSchema),
    cursor: Type.Optional(Type.String({ maxLength: 256, description: 'The `next` of the answer before.' }))
  },
  closed
)
export type ReplayRequest = Static<typeof ReplayRequestSchema>

/** How many webhooks will be processed once more. `next` is there where there are more: repeat with it as `cursor`. */
export const ReplayReplySchema = Type.Object({
  replayed: Type.Integer(),
  next: Type.Optional(Type.String())
})
export type ReplayReply = Static<typeof ReplayReplySchema>
