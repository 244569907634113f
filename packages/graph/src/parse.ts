import { type WebhookItem } from '@wag/contracts'
import { readField } from './fields.ts'
import { misfitItem, type Source } from './items.ts'
import { inspectJson } from './json.ts'
import { digitsOf, isRecord, tidyId, tidyText } from './tidy.ts'
import { readValue, type Suspicion } from './values.ts'

/**
 * Every item of one webhook body: each contact, message, status and error of each change of each entry, in that order;
 * of other fields their reports and the elements of their lists; and as `other` or `misfit` all that is none of them.
 * Pure and total: any bytes give a list. Lists that are empty give nothing.
 */
export function parseWebhook(rawBody: Uint8Array): WebhookItem[] {
  const { value: body, isOdd, isUtf8 } = inspectJson(rawBody)
  if (body === undefined) return [misfitItem({}, undefined, 'body is not JSON', null)]
  if (!isRecord(body)) return [misfitItem({}, undefined, 'body is not an object', body)]
  if (!Array.isArray(body.entry)) return [misfitItem({}, undefined, 'body without entries', body)]
  const items: WebhookItem[] = []
  const suspicion = isOdd ? { isUtf8 } : undefined
  for (const entry of body.entry) readEntry(items, entry, suspicion)
  return items
}

function readEntry(items: WebhookItem[], entry: unknown, suspicion: Suspicion): void {
  if (!isRecord(entry)) {
    items.push(misfitItem({}, undefined, 'entry is not an object', entry))
    return
  }
  const accountId = tidyId(entry.id)
  const source: Source = accountId === undefined ? {} : { accountId }
  if (!Array.isArray(entry.changes)) {
    items.push(misfitItem(source, undefined, 'entry without changes', entry))
    return
  }
  for (const change of entry.changes) readChange(items, source, change, entry.time, suspicion)
}

function readChange(items: WebhookItem[], account: Source, change: unknown, time: unknown, suspicion: Suspicion): void {
  if (!isRecord(change)) {
    items.push(misfitItem(account, undefined, 'change is not an object', change))
    return
  }
  const field = tidyText(change.field, 256)
  const { value } = change
  if (!isRecord(value)) {
    items.push(misfitItem(account, field, 'change without a value', change))
    return
  }
  const source = sourceOf(account, value.metadata)
  if (field === undefined || field === 'messages') readValue(items, source, value, suspicion)
  else readField(items, source, field, value, time)
}

function sourceOf(account: Source, metadata: unknown): Source {
  if (!isRecord(metadata)) return account
  const source = { ...account }
  const phoneNumberId = tidyId(metadata.phone_number_id)
  if (phoneNumberId !== undefined) source.phoneNumberId = phoneNumberId
  const displayNumber = digitsOf(metadata.display_phone_number)
  if (displayNumber !== undefined) source.displayNumber = displayNumber
  return source
}
