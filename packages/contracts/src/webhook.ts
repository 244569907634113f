import { type MetaError } from './message.ts'

/** What every item of a webhook may tell about where it belongs. All of it may be missing. */
type ItemSource = {
  /** `entry[].id`: the WhatsApp Business Account. */
  accountId?: string
  /** `value.metadata.phone_number_id`: the business number it is about. */
  phoneNumberId?: string
}

/** A message that a customer wrote. */
export type MessageItem = ItemSource & {
  kind: 'message'
  wamid: string
  /** The writer's phone number in digits, where Meta tells it. */
  waId?: string
  /** The writer's business-scoped user id, where Meta tells it. */
  userId?: string
  profileName?: string
  /** ISO 8601, UTC; undefined where Meta's timestamp is missing or not a time. */
  at?: string
  type: string
  /** Meta's message object, whole. */
  content: Record<string, unknown>
}

/** What became of a message that was sent. */
export type StatusItem = ItemSource & {
  kind: 'status'
  wamid: string
  /** Meta's word, as it came: sent, delivered, read, played, failed, or one we do not know yet. */
  status: string
  at?: string
  recipientWaId?: string
  /** Which member of a group this is about. */
  participant?: string
  /** `biz_opaque_callback_data`: our own message id, where it was sent by us. */
  callbackData?: string
  error?: MetaError
  /** Meta's status object, whole. */
  content: Record<string, unknown>
}

/** A profile that came with messages or statuses. */
export type ContactItem = ItemSource & {
  kind: 'contact'
  waId?: string
  userId?: string
  profileName?: string
  /** When the profile was seen: the newest time in the same change. */
  at?: string
}

/** Anything else of Meta's: another field, an unknown shape, an account error. Kept as it is, never dropped. */
export type OtherItem = ItemSource & {
  kind: 'other'
  field?: string
  reason: string
  content: unknown
}

export type WebhookItem = MessageItem | StatusItem | ContactItem | OtherItem
