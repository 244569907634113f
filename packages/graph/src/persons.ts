import {
  type CallItem,
  type ContactItem,
  type IdentityItem,
  type MisfitItem,
  type PreferenceItem
} from '@wag/contracts'
import { misfitItem, type Source, wordLengthMax } from './items.ts'
import { isNamed, readPerson } from './profiles.ts'
import { isoTime, isRecord, tidyId, tidyText } from './tidy.ts'

/** One element of `value.contacts`. */
export function readContact(source: Source, value: unknown, field = 'messages'): ContactItem | MisfitItem {
  if (!isRecord(value)) return misfitItem(source, field, 'contact is not an object', value)
  const person = readPerson(value.wa_id, value.user_id, value.parent_user_id)
  if (!isNamed(person)) return misfitItem(source, field, 'contact without an id', value)
  const item: ContactItem = { kind: 'contact', ...source, ...person }
  const profile = isRecord(value.profile) ? value.profile : {}
  const name = tidyText(profile.name)
  if (name !== undefined) item.profileName = name
  const username = tidyText(profile.username ?? value.username)
  if (username !== undefined) item.username = username
  return item
}

/** One element of the list of the field `user_preferences`. */
export function readPreference(source: Source, value: unknown): PreferenceItem | MisfitItem {
  if (!isRecord(value)) return misfitItem(source, 'user_preferences', 'preference is not an object', value)
  const person = readPerson(value.wa_id, value.user_id, value.parent_user_id)
  const word = tidyText(value.value, wordLengthMax)
  if (!isNamed(person) || word === undefined) {
    return misfitItem(source, 'user_preferences', 'preference without a person or a value', value)
  }
  const item: PreferenceItem = { kind: 'preference', ...source, ...person, value: word }
  const category = tidyText(value.category, wordLengthMax)
  if (category !== undefined) item.category = category
  const at = isoTime(value.timestamp)
  if (at !== undefined) item.at = at
  return item
}

/** One element of the list of the field `calls`. */
export function readCall(source: Source, value: unknown): CallItem | MisfitItem {
  if (!isRecord(value)) return misfitItem(source, 'calls', 'call is not an object', value)
  const isInbound = value.direction !== 'BUSINESS_INITIATED' && value.event === 'connect'
  const person =
    value.direction === 'BUSINESS_INITIATED'
      ? readPerson(value.to, value.to_user_id, value.to_parent_user_id)
      : readPerson(value.from, value.from_user_id, value.from_parent_user_id)
  const item: CallItem = { kind: 'call', ...source, ...person, isInbound, content: value }
  const event = tidyText(value.event ?? value.status, wordLengthMax)
  if (event !== undefined) item.event = event
  const at = isoTime(value.timestamp)
  if (at !== undefined) item.at = at
  return item
}

/** The value, or one element, of the field `user_id_update`. */
export function readIdentity(source: Source, value: unknown): IdentityItem | MisfitItem {
  const [ids, parents] = isRecord(value) ? [value.user_id, value.parent_user_id] : []
  const former = isRecord(ids) ? tidyId(ids.previous) : undefined
  const person = isRecord(value)
    ? readPerson(value.wa_id, isRecord(ids) ? ids.current : ids, isRecord(parents) ? parents.current : parents)
    : {}
  if (!isRecord(value) || person.userId === undefined) {
    return misfitItem(source, 'user_id_update', 'change of a user id without the new one', value)
  }
  const item: IdentityItem = { kind: 'identity', ...source, ...person, former: {} }
  if (former !== undefined && former !== person.userId) item.former.userId = former
  const at = isoTime(value.timestamp)
  if (at !== undefined) item.at = at
  return item
}
