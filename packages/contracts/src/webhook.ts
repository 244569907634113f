import { type Static, type TSchema, Type } from 'typebox'
import { MetaErrorSchema } from './message.ts'

const text = Type.Optional(Type.String())
const instant = Type.Optional(Type.String({ description: 'ISO 8601, UTC; left out where Meta told no time.' }))
const object = Type.Record(Type.String(), Type.Unknown())

/** Where an item comes from. All of it may be missing. */
const source = {
  /** `entry[].id`: the WhatsApp Business Account. */
  accountId: text,
  /** `value.metadata.phone_number_id`: the business number it is about. */
  phoneNumberId: text,
  /** `value.metadata.display_phone_number`, in digits. */
  displayNumber: text
}

/** Ids of one person: a phone number in digits, a business-scoped user id, that of the portfolio group. */
const ids = { waId: text, userId: text, parentUserId: text }
const person = { ...ids, profileName: text, username: text }

/** Former ids of a person who has got others. */
const FormerSchema = Type.Object({ waId: text, userId: text })

function item<Kind extends string, Properties extends Record<string, TSchema>>(kind: Kind, properties: Properties) {
  return Type.Object({ kind: Type.Literal(kind), ...source, ...properties })
}

/** A message that a customer wrote, or that WhatsApp wrote about one (`system`). */
export const MessageItemSchema = item('message', {
  ...person,
  wamid: Type.String(),
  at: instant,
  type: Type.String(),
  groupId: text,
  /** Of a reaction, an edit or a revocation: the message it is about. */
  targetWamid: text,
  /** Of a `system` message that tells of a new number or user id: those it replaces; the new ones stand above. */
  former: Type.Optional(FormerSchema),
  /** Meta's message object, whole. */
  content: object
})

/** What became of a message that was sent. */
export const StatusItemSchema = item('status', {
  wamid: Type.String(),
  /** Meta's word, as it came: sent, delivered, read, played, failed, or one we do not know yet. */
  status: Type.String(),
  at: instant,
  recipientWaId: text,
  recipientUserId: text,
  /** Which member of a group this is about. */
  participant: text,
  /** `biz_opaque_callback_data`: our own message id, where it was sent by us. */
  callbackData: text,
  error: Type.Optional(MetaErrorSchema),
  content: object
})

/** A profile that came with messages or statuses; `at` is the newest time of that person in the same change. */
export const ContactItemSchema = item('contact', { ...person, at: instant })

/** Ids of a person that changed, told by a field of its own. */
export const IdentityItemSchema = item('identity', { ...ids, former: FormerSchema, at: instant })

/** A customer's wish to get marketing messages, or none: `value` is `stop` or `resume`. */
export const PreferenceItemSchema = item('preference', {
  ...ids,
  category: text,
  value: Type.String(),
  at: instant
})

/** A call, in one of its steps. Only one that the customer makes opens the 24-hour window. */
export const CallItemSchema = item('call', {
  ...ids,
  at: instant,
  event: text,
  isInbound: Type.Boolean(),
  content: object
})

export const ReportSubjectSchema = Type.Enum(['template', 'number', 'account'])

/**
 * What Meta reports of a template, a number or an account: `word` is the new value of `topic`. Of two reports on the same
 * topic the newer counts.
 */
export const ReportItemSchema = item('report', {
  field: Type.String(),
  subject: ReportSubjectSchema,
  /** The account's id; the number's display number or id; the template's name and language. */
  key: Type.String(),
  topic: Type.String(),
  word: Type.String(),
  reason: text,
  at: instant,
  content: object
})

/** Something of Meta's that changes nothing here: it stays in the inbox, and is told of. */
export const OtherItemSchema = item('other', {
  field: text,
  reason: Type.String(),
  at: instant,
  error: Type.Optional(MetaErrorSchema),
  content: Type.Unknown()
})

/** What should have been one of the above and cannot be: it is put aside whole. */
export const MisfitItemSchema = item('misfit', { field: text, reason: Type.String(), content: Type.Unknown() })

/** Every kind of item that a webhook's body comes apart into. */
export const WebhookItemSchema = Type.Union([
  MessageItemSchema,
  StatusItemSchema,
  ContactItemSchema,
  IdentityItemSchema,
  PreferenceItemSchema,
  CallItemSchema,
  ReportItemSchema,
  OtherItemSchema,
  MisfitItemSchema
])

export type MessageItem = Static<typeof MessageItemSchema>
export type StatusItem = Static<typeof StatusItemSchema>
export type ContactItem = Static<typeof ContactItemSchema>
export type IdentityItem = Static<typeof IdentityItemSchema>
export type PreferenceItem = Static<typeof PreferenceItemSchema>
export type CallItem = Static<typeof CallItemSchema>
export type ReportSubject = Static<typeof ReportSubjectSchema>
export type ReportItem = Static<typeof ReportItemSchema>
export type OtherItem = Static<typeof OtherItemSchema>
export type MisfitItem = Static<typeof MisfitItemSchema>
export type WebhookItem = Static<typeof WebhookItemSchema>

/**
 * What a webhook came to. Every item is exactly one of: applied; parked, which is applied too but waits for the message it
 * is about; stored only; quarantined.
 */
export const InboxResultSchema = Type.Object({
  items: Type.Integer(),
  applied: Type.Integer(),
  parked: Type.Integer(),
  stored: Type.Integer(),
  quarantined: Type.Integer()
})

export type InboxResult = Static<typeof InboxResultSchema>
