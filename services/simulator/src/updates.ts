import { userIdOf } from './ids.ts'
import { type BusinessNumber } from './numbers.ts'
import { toMetaJson } from './sign.ts'

/** One item of a webhook: a status, or a message from a phone, with the contact that goes along. */
export type Update = {
  number: BusinessNumber
  kind: 'statuses' | 'messages'
  status: 'sent' | 'delivered' | 'read' | 'failed' | 'received'
  item: object
  contact: object | undefined
}

type Value = {
  messaging_product: 'whatsapp'
  metadata: { display_phone_number: string; phone_number_id: string }
  contacts?: object[]
  messages?: object[]
  statuses?: object[]
}

/** The contact as webhooks carry it, with the user id that Meta gives out since 2026. */
export function contactOf(waId: string, name: string): object {
  return { profile: { name }, wa_id: waId, user_id: userIdOf(waId) }
}

/** The same of somebody whose phone number Meta does not tell. */
export function strangerOf(userId: string, name: string): object {
  return { profile: { name }, user_id: userId }
}

/** One webhook body for one or more updates: an entry per account, a change per number and kind. */
export function webhookBody(updates: readonly Update[]): string {
  const entries = new Map<string, Map<string, Value>>()
  for (const update of updates) addTo(entries, update)
  const entry = [...entries].map(([id, changes]) => ({
    id,
    changes: [...changes.values()].map((value) => ({ value, field: 'messages' }))
  }))
  return toMetaJson({ object: 'whatsapp_business_account', entry })
}

function addTo(entries: Map<string, Map<string, Value>>, { number, kind, item, contact }: Update): void {
  const changes = entries.get(number.account_id) ?? new Map<string, Value>()
  entries.set(number.account_id, changes)
  const key = `${number.id} ${kind}`
  const metadata = { display_phone_number: number.display_phone_number, phone_number_id: number.id }
  const value: Value = changes.get(key) ?? { messaging_product: 'whatsapp', metadata }
  changes.set(key, value)
  // Written in this order, so that the body reads like Meta's.
  if (contact !== undefined) {
    value.contacts ??= []
    value.contacts.push(contact)
  }
  value[kind] ??= []
  value[kind].push(item)
}
