import { type Static, Type } from 'typebox'
import { AlarmNameSchema } from './alarms.ts'
import { PauseScopeSchema } from './sending.ts'

/** Every type of event; docs/events.md describes each, and a test holds the two together. */
export const eventTypes = [
  'message.received',
  'message.sent',
  'message.delivered',
  'message.read',
  'message.played',
  'message.failed',
  'message.unknown',
  'message.unsettled',
  'message.expired',
  'message.cancelled',
  'media.stored',
  'media.failed',
  'message.reaction',
  'message.edited',
  'message.revoked',
  'sending.paused',
  'sending.resumed',
  'contact.updated',
  'template.updated',
  'number.updated',
  'account.updated',
  'webhook.unrecognised',
  'webhook.quarantined',
  'alarm.raised',
  'alarm.cleared'
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
  mediaId: Type.Optional(Type.String()),
  error: Type.Optional(
    Type.Object({
      code: Type.Optional(Type.Integer()),
      message: Type.String(),
      advice: Type.Optional(Type.String())
    })
  ),
  field: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String()),
  scope: Type.Optional(PauseScopeSchema),
  template: Type.Optional(Type.String()),
  alarm: Type.Optional(AlarmNameSchema),
  count: Type.Optional(Type.Integer()),
  share: Type.Optional(Type.Number()),
  seconds: Type.Optional(Type.Integer()),
  language: Type.Optional(Type.String()),
  accountId: Type.Optional(Type.String()),
  displayNumber: Type.Optional(Type.String()),
  topic: Type.Optional(Type.String()),
  value: Type.Optional(Type.String()),
  changed: Type.Optional(Type.Array(Type.String())),
  mergedInto: Type.Optional(Type.Integer()),
  optedOut: Type.Optional(Type.Boolean()),
  metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown()))
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

/** A page of the log over HTTP: go on with `after=<next>`. `newest` is where the log ends now. */
export const EventPageSchema = Type.Object({
  events: Type.Array(EventSchema),
  next: Type.Integer({ minimum: 0 }),
  newest: Type.Integer({ minimum: 0 })
})

export type EventPage = Static<typeof EventPageSchema>
