import { type WebhookItem } from '@wag/contracts'
import { misfitItem, otherItem, type Source } from './items.ts'
import { readCall, readContact, readIdentity, readPreference } from './persons.ts'
import { isReport, readReport } from './reports.ts'
import { isRecord } from './tidy.ts'

/** The lists in the values of fields that we keep and do not act on: each element is an item. */
const lists = new Map<string, string[]>([
  ['automatic_events', ['automatic_events']],
  ['calls', ['calls', 'statuses', 'contacts']],
  ['group_lifecycle_update', ['groups']],
  ['group_participants_update', ['groups']],
  ['group_settings_update', ['groups']],
  ['group_status_update', ['groups']],
  ['history', ['history', 'messages', 'contacts']],
  ['message_echoes', ['message_echoes', 'contacts']],
  ['smb_message_echoes', ['message_echoes', 'contacts']],
  ['smb_app_state_sync', ['state_sync']],
  ['standby', ['messages', 'statuses', 'message_echoes', 'contacts']],
  ['user_id_update', ['user_id_update', 'contacts']],
  ['user_preferences', ['user_preferences', 'contacts']]
])

/** Fields of which nothing but the value as a whole is known. */
const wholes = new Set(['flows', 'messaging_handovers', 'partner_solutions'])

/** Every field that Meta documents; what comes under another name is kept all the same. */
export function isKnownField(field: string): boolean {
  return field === 'messages' || isReport(field) || lists.has(field) || wholes.has(field)
}

/** The value of any field but `messages`. */
export function readField(
  items: WebhookItem[],
  source: Source,
  field: string,
  value: Record<string, unknown>,
  time: unknown
): void {
  if (isReport(field)) {
    items.push(readReport(source, field, value, time))
    return
  }
  const before = items.length
  for (const name of lists.get(field) ?? []) {
    const part = value[name]
    if (Array.isArray(part)) for (const element of part) items.push(readElement(source, field, name, element))
    else if (isRecord(part)) items.push(readElement(source, field, name, part))
    else if (part !== undefined && part !== null) items.push(misfitItem(source, field, `${name} is not a list`, part))
  }
  if (lists.has(field) && Array.isArray(value.errors)) {
    for (const element of value.errors) items.push(otherItem(source, field, 'error', element))
  }
  if (items.length > before) return
  if (field === 'user_id_update') items.push(readIdentity(source, value))
  else items.push(otherItem(source, field, isKnownField(field) ? kept : 'unknown field', value))
}

const kept = 'kept, not acted on'

function readElement(source: Source, field: string, name: string, element: unknown): WebhookItem {
  if (name === 'contacts') return readContact(source, element, field)
  if (name === 'calls') return readCall(source, element)
  if (name === 'user_preferences') return readPreference(source, element)
  if (name === 'user_id_update') return readIdentity(source, element)
  return otherItem(source, field, kept, element)
}
