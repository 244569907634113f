import { type MessageItem, type MisfitItem } from '@wag/contracts'
import { misfitItem, type Source, wordLengthMax } from './items.ts'
import { isNamed, type Person, type Profiles, readPerson } from './profiles.ts'
import { isoTime, isRecord, tidyId, tidyText } from './tidy.ts'

/** One element of `value.messages`. */
export function readMessage(source: Source, value: unknown, profiles: Profiles): MessageItem | MisfitItem {
  if (!isRecord(value)) return misfitItem(source, 'messages', 'message is not an object', value)
  const wamid = tidyId(value.id)
  if (wamid === undefined) return misfitItem(source, 'messages', 'message without an id', value)
  const type = tidyText(value.type, wordLengthMax) ?? 'unknown'
  const item: MessageItem = { kind: 'message', ...source, wamid, type, content: value }
  const part = isRecord(value[type]) ? value[type] : {}
  const named = readPerson(value.from, value.from_user_id, value.from_parent_user_id)
  assign(item, type === 'system' ? readChange(item, named, part) : profiles.writerOf(named))
  if (!isNamed(item)) return misfitItem(source, 'messages', 'message without a writer', value)
  const at = isoTime(value.timestamp)
  if (at !== undefined) item.at = at
  const groupId = tidyId(value.group_id)
  if (groupId !== undefined) item.groupId = groupId
  const target = tidyId(targetOf(type, part))
  if (target !== undefined) item.targetWamid = target
  return item
}

function assign(item: MessageItem, { waId, userId, parentUserId, profileName, username }: Person): void {
  if (waId !== undefined) item.waId = waId
  if (userId !== undefined) item.userId = userId
  if (parentUserId !== undefined) item.parentUserId = parentUserId
  if (profileName !== undefined) item.profileName = profileName
  if (username !== undefined) item.username = username
}

function targetOf(type: string, part: Record<string, unknown>): unknown {
  if (type === 'reaction') return part.message_id
  return type === 'edit' || type === 'revoke' ? part.original_message_id : undefined
}

/**
 * The person of a `system` message as they are now. A new number brings a new user id with it, and the message may come
 * from either of the old and the new; what it names beside the new ids becomes `former`.
 */
function readChange(item: MessageItem, named: Person, system: Record<string, unknown>): Person {
  const now = readPerson(system.wa_id ?? system.new_wa_id, system.user_id, system.parent_user_id)
  const before = readPerson(system.customer, system.previous_user_id)
  const waId = now.waId ?? named.waId
  const userId = now.userId ?? (before.userId === named.userId ? undefined : named.userId)
  const formerWaId = [named.waId, before.waId].find((id) => id !== undefined && id !== waId)
  const formerUserId = [before.userId, named.userId].find((id) => id !== undefined && id !== userId)
  if (formerWaId !== undefined || formerUserId !== undefined) {
    item.former = {}
    if (formerWaId !== undefined) item.former.waId = formerWaId
    if (formerUserId !== undefined) item.former.userId = formerUserId
  }
  const person: Person = {}
  if (waId !== undefined) person.waId = waId
  if (userId !== undefined) person.userId = userId
  const parentUserId = now.parentUserId ?? (now.userId === undefined ? named.parentUserId : undefined)
  if (parentUserId !== undefined) person.parentUserId = parentUserId
  return person
}
