import { type MisfitItem, type StatusItem } from '@wag/contracts'
import { misfitItem, type Source, wordLengthMax } from './items.ts'
import { readMetaError } from './meta-error.ts'
import { readPerson } from './profiles.ts'
import { isoTime, isRecord, tidyId, tidyText } from './tidy.ts'

/** One element of `value.statuses`. */
export function readStatus(source: Source, value: unknown): StatusItem | MisfitItem {
  if (!isRecord(value)) return misfitItem(source, 'messages', 'status is not an object', value)
  const wamid = tidyId(value.id)
  if (wamid === undefined) return misfitItem(source, 'messages', 'status without an id', value)
  const status = tidyText(value.status, wordLengthMax)
  if (status === undefined) return misfitItem(source, 'messages', 'status without a word', value)
  const item: StatusItem = { kind: 'status', ...source, wamid, status, content: value }
  const at = isoTime(value.timestamp)
  if (at !== undefined) item.at = at
  // In a group `recipient_id` names the group, and the member stands beside it, under either spelling.
  const recipient = value.recipient_type === 'group' ? {} : readPerson(value.recipient_id, value.recipient_user_id)
  if (recipient.waId !== undefined) item.recipientWaId = recipient.waId
  if (recipient.userId !== undefined) item.recipientUserId = recipient.userId
  const participant = tidyId(
    value.recipient_participant_id ??
      value.participant_recipient_id ??
      value.recipient_participant_user_id ??
      value.participant_recipient_user_id
  )
  if (participant !== undefined) item.participant = participant
  const callbackData = tidyId(value.biz_opaque_callback_data)
  if (callbackData !== undefined) item.callbackData = callbackData
  const error = Array.isArray(value.errors) ? readMetaError(value.errors[0]) : undefined
  if (error !== undefined) item.error = error
  return item
}
