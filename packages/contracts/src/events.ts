import { type Static, Type } from 'typebox'

/** Every type of event; docs/events.md describes each, and a test holds the two together. */
export const eventTypes = [
  'message.received',
  'message.sent',
  'message.delivered',
  'message.read',
  'message.played',
  'message.failed',
  'message.unknown',
  'webhook.unrecognised',
  'webhook.quarantined'
] as const

export const EventTypeSchema = Type.Enum(eventTypes)
export type EventType = Static<typeof EventTypeSchema>

/** What an event says. `messageId` is our own id; `contactId` the number that the routes take. */
export const EventDataSchema = Type.Object({
  messageId: Type.Optional(Type.String()),
  contactId: Type.Optional(Type.Integer()),
  phoneNumberId: Type.Optional(Type.String()),
  wamid: Type.Optional(Type.String()),
  direction: Type.Optional(Type.Enum(['in', 'out'])),
  messageType: Type.Optional(Type.String()),
  body: Type.Optional(Type.String()),
  link: Type.Optional(Type.String()),
  error: Type.Optional(Type.Object({ code: Type.Optional(Type.Integer()), message: Type.String() })),
  field: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String())
})

export type EventData = Static<typeof EventDataSchema>

/**
 * An event as clients get it. `seq` counts from 1 per tenant without gaps, in the order the state changes were
 * committed; `at` is ISO 8601 in UTC.
 */
export const EventSchema = Type.Object({
  seq: Type.Integer({ minimum: 1 }),
  type: EventTypeSchema,
  at: Type.String(),
  data: EventDataSchema
})

export type Event = Static<typeof EventSchema>

/** The rooms a client may subscribe to. */
export const SubscriptionSchema = Type.Union([
  Type.Object({ tenant: Type.Literal(true) }, { additionalProperties: false }),
  Type.Object(
    { contact: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) },
    { additionalProperties: false }
  )
])

export type Subscription = Static<typeof SubscriptionSchema>

/** The answer to `subscribe` and `unsubscribe`: live events begin after `seq`. */
export type SubscriptionAck = { ok: true; seq: number } | { ok: false; error: { code: string; message: string } }
