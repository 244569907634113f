import { type ContactItem, type WebhookItem } from '@wag/contracts'
import { misfitItem, otherItem, type Source } from './items.ts'
import { readMessage } from './messages.ts'
import { readMetaError } from './meta-error.ts'
import { readContact } from './persons.ts'
import { poisonOf } from './poison.ts'
import { createProfiles } from './profiles.ts'
import { readStatus } from './statuses.ts'

/** Set where the body holds something odd somewhere, so that statuses are looked at with care. */
export type Suspicion = { isUtf8: boolean } | undefined

// What a value may hold; anything else in it becomes an `other` item of its own.
const knownParts = new Set(['messaging_product', 'metadata', 'contacts', 'messages', 'statuses', 'errors'])

/** The value of the field `messages`. */
export function readValue(
  items: WebhookItem[],
  source: Source,
  value: Record<string, unknown>,
  suspicion: Suspicion
): void {
  const contacts: ContactItem[] = []
  for (const element of part(items, source, value, 'contacts')) {
    const item = readContact(source, element)
    if (item.kind === 'contact') contacts.push(item)
    items.push(item)
  }
  const profiles = createProfiles(contacts)
  let newest = ''
  for (const element of part(items, source, value, 'messages')) {
    const item = readMessage(source, element, profiles)
    if (item.kind === 'message' && item.at !== undefined && item.at > newest) newest = item.at
    items.push(item)
  }
  for (const element of part(items, source, value, 'statuses')) {
    // Nothing in a status is written by a customer: what cannot be right in it is not guessed at.
    const poison = suspicion && poisonOf(element, suspicion.isUtf8)
    const item =
      poison === undefined
        ? readStatus(source, element)
        : misfitItem(source, 'messages', `status that ${poison}`, element)
    if (item.kind === 'status' && item.at !== undefined && item.at > newest) newest = item.at
    items.push(item)
  }
  if (newest !== '') for (const contact of contacts) contact.at = newest
  for (const element of part(items, source, value, 'errors')) {
    const item = otherItem(source, 'messages', 'account error', element)
    const error = readMetaError(element)
    if (error !== undefined) item.error = error
    items.push(item)
  }
  readRest(items, source, value)
}

/** The elements of one of the lists we know. What should be a list and is not is kept as it is. */
function part(items: WebhookItem[], source: Source, value: Record<string, unknown>, name: string): unknown[] {
  const elements = value[name]
  if (Array.isArray(elements)) return elements
  if (elements !== undefined && elements !== null) {
    items.push(misfitItem(source, 'messages', `${name} is not a list`, elements))
  }
  return []
}

function readRest(items: WebhookItem[], source: Source, value: Record<string, unknown>): void {
  let isEmpty = true
  for (const key in value) {
    if (!knownParts.has(key)) {
      const rest = Object.fromEntries([[key, value[key]]])
      items.push(otherItem(source, 'messages', 'unknown part of a value', rest))
      isEmpty = false
    } else if (key !== 'messaging_product' && key !== 'metadata') isEmpty = false
  }
  if (isEmpty) items.push(otherItem(source, 'messages', 'nothing in the value', value))
}
