import { type ContactItem, type WebhookItem } from '@wag/contracts'
import { otherItem, readContact, readMessage, readStatus, type Source } from './items.ts'
import { readJson } from './json.ts'
import { createProfiles } from './profiles.ts'
import { isRecord, tidyId, tidyText } from './tidy.ts'

// What a value of the field `messages` may hold; anything else in it becomes an `other` item of its own.
const knownParts = new Set(['messaging_product', 'metadata', 'contacts', 'messages', 'statuses', 'errors'])

/**
 * Every item of one webhook body: each contact, message, status and error of each change of each entry, in that order,
 * and as `other` all that is none of them. Pure and total: any bytes give a list. Lists that are empty give nothing.
 */
export function parseWebhook(rawBody: Uint8Array): WebhookItem[] {
  const body = readJson(rawBody)
  if (body === undefined) return [otherItem({}, 'body is not JSON', null)]
  if (!isRecord(body)) return [otherItem({}, 'body is not an object', body)]
  if (!Array.isArray(body.entry)) return [otherItem({}, 'body without entries', body)]
  const items: WebhookItem[] = []
  for (const entry of body.entry) readEntry(items, entry)
  return items
}

function readEntry(items: WebhookItem[], entry: unknown): void {
  if (!isRecord(entry)) {
    items.push(otherItem({}, 'entry is not an object', entry))
    return
  }
  const accountId = tidyId(entry.id)
  const source: Source = accountId === undefined ? {} : { accountId }
  if (!Array.isArray(entry.changes)) {
    items.push(otherItem(source, 'entry without changes', entry))
    return
  }
  for (const change of entry.changes) readChange(items, source, change)
}

function readChange(items: WebhookItem[], account: Source, change: unknown): void {
  if (!isRecord(change)) {
    items.push(otherItem(account, 'change is not an object', change))
    return
  }
  const field = tidyText(change.field, 256)
  const { value } = change
  if (!isRecord(value)) {
    items.push(otherItem(account, 'change without a value', change, field))
    return
  }
  const phoneNumberId = isRecord(value.metadata) ? tidyId(value.metadata.phone_number_id) : undefined
  const source = phoneNumberId === undefined ? account : { ...account, phoneNumberId }
  // Other fields carry messages too (history, standby, echoes), but none that was written to us now.
  if (field !== undefined && field !== 'messages') items.push(otherItem(source, 'another field', value, field))
  else readValue(items, source, value)
}

function readValue(items: WebhookItem[], source: Source, value: Record<string, unknown>): void {
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
    const item = readStatus(source, element)
    if (item.kind === 'status' && item.at !== undefined && item.at > newest) newest = item.at
    items.push(item)
  }
  if (newest !== '') for (const contact of contacts) contact.at = newest
  for (const element of part(items, source, value, 'errors')) {
    items.push(otherItem(source, 'account error', element, 'messages'))
  }
  readRest(items, source, value)
}

/** The elements of one of the lists we know. What should be a list and is not is kept as it is. */
function part(items: WebhookItem[], source: Source, value: Record<string, unknown>, name: string): unknown[] {
  const elements = value[name]
  if (Array.isArray(elements)) return elements
  if (elements !== undefined && elements !== null) {
    items.push(otherItem(source, `${name} is not a list`, elements, 'messages'))
  }
  return []
}

function readRest(items: WebhookItem[], source: Source, value: Record<string, unknown>): void {
  let isEmpty = true
  for (const key in value) {
    if (!knownParts.has(key)) {
      items.push(otherItem(source, 'unknown part of a value', Object.fromEntries([[key, value[key]]]), 'messages'))
      isEmpty = false
    } else if (key !== 'messaging_product' && key !== 'metadata') isEmpty = false
  }
  if (isEmpty) items.push(otherItem(source, 'nothing in the value', value, 'messages'))
}
