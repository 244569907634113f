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
  const times = createTimes()
  for (const element of part(items, source, value, 'messages')) {
    const item = readMessage(source, element, profiles)
    if (item.kind === 'message') times.note(item.at, item.waId, item.userId)
    items.push(item)
  }
  for (const element of part(items, source, value, 'statuses')) {
    // Nothing in a status is written by a customer: what cannot be right in it is not guessed at.
    const poison = suspicion && poisonOf(element, suspicion.isUtf8)
    const item =
      poison === undefined
        ? readStatus(source, element)
        : misfitItem(source, 'messages', `status that ${poison}`, element)
    if (item.kind === 'status') times.note(item.at, item.recipientWaId, item.recipientUserId, item.participant)
    items.push(item)
  }
  for (const contact of contacts) {
    const at = times.of(contact.waId, contact.userId)
    if (at !== undefined) contact.at = at
  }
  for (const element of part(items, source, value, 'errors')) {
    const item = otherItem(source, 'messages', 'account error', element)
    const error = readMetaError(element)
    if (error !== undefined) item.error = error
    items.push(item)
  }
  readRest(items, source, value)
}

/**
 * The newest times in a change, by person. What is said of one must not make the profile of another look newer than it is:
 * their former number would come back. Whoever only stands among the contacts has the newest of all.
 */
function createTimes() {
  const byId = new Map<string, string>()
  let newest = ''
  return {
    note(at: string | undefined, ...ids: (string | undefined)[]): void {
      if (at === undefined) return
      if (at > newest) newest = at
      for (const id of ids) if (id !== undefined && at > (byId.get(id) ?? '')) byId.set(id, at)
    },
    of(...ids: (string | undefined)[]): string | undefined {
      const [last = ''] = ids.map((id) => byId.get(id ?? '') ?? '').sort((a, b) => (a > b ? -1 : 1))
      return last || newest || undefined
    }
  }
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
