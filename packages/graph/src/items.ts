import { type ContactItem, type MessageItem, type OtherItem, type StatusItem } from '@wag/contracts'
import { readMetaError } from './meta-error.ts'
import { type Profiles, readPerson } from './profiles.ts'
import { isoTime, isRecord, tidyId, tidyText } from './tidy.ts'

/** Where the items of one change come from. */
export type Source = { accountId?: string; phoneNumberId?: string }

const wordLengthMax = 64

/** Anything that is no message, status or profile, and why. */
export function otherItem(source: Source, reason: string, content: unknown, field?: string): OtherItem {
  const item: OtherItem = { kind: 'other', ...source, reason, content }
  if (field !== undefined) item.field = field
  return item
}

/** One element of `value.messages`. */
export function readMessage(source: Source, value: unknown, profiles: Profiles): MessageItem | OtherItem {
  if (!isRecord(value)) return otherItem(source, 'message is not an object', value, 'messages')
  const wamid = tidyId(value.id)
  if (wamid === undefined) return otherItem(source, 'message without an id', value, 'messages')
  const type = tidyText(value.type, wordLengthMax) ?? 'unknown'
  const item: MessageItem = { kind: 'message', ...source, wamid, type, content: value }
  const writer = profiles.writerOf(readPerson(value.from, value.from_user_id))
  if (writer.waId !== undefined) item.waId = writer.waId
  if (writer.userId !== undefined) item.userId = writer.userId
  if (writer.profileName !== undefined) item.profileName = writer.profileName
  const at = isoTime(value.timestamp)
  if (at !== undefined) item.at = at
  return item
}

/** One element of `value.statuses`. */
export function readStatus(source: Source, value: unknown): StatusItem | OtherItem {
  if (!isRecord(value)) return otherItem(source, 'status is not an object', value, 'messages')
  const wamid = tidyId(value.id)
  if (wamid === undefined) return otherItem(source, 'status without an id', value, 'messages')
  const status = tidyText(value.status, wordLengthMax)
  if (status === undefined) return otherItem(source, 'status without a word', value, 'messages')
  const item: StatusItem = { kind: 'status', ...source, wamid, status, content: value }
  const at = isoTime(value.timestamp)
  if (at !== undefined) item.at = at
  // In a group `recipient_id` names the group, and the member stands beside it, under either spelling.
  const recipient = value.recipient_type === 'group' ? undefined : readPerson(value.recipient_id, undefined).waId
  if (recipient !== undefined) item.recipientWaId = recipient
  const participant = tidyId(
    value.recipient_participant_id ?? value.participant_recipient_id ?? value.recipient_participant_user_id
  )
  if (participant !== undefined) item.participant = participant
  const callbackData = tidyId(value.biz_opaque_callback_data)
  if (callbackData !== undefined) item.callbackData = callbackData
  const error = Array.isArray(value.errors) ? readMetaError(value.errors[0]) : undefined
  if (error !== undefined) item.error = error
  return item
}

/** One element of `value.contacts`. */
export function readContact(source: Source, value: unknown): ContactItem | OtherItem {
  if (!isRecord(value)) return otherItem(source, 'contact is not an object', value, 'messages')
  const person = readPerson(value.wa_id, value.user_id)
  if (person.waId === undefined && person.userId === undefined) {
    return otherItem(source, 'contact without an id', value, 'messages')
  }
  const item: ContactItem = { kind: 'contact', ...source, ...person }
  const name = isRecord(value.profile) ? tidyText(value.profile.name) : undefined
  if (name !== undefined) item.profileName = name
  return item
}
