import { parseWebhook } from '../src/index.ts'

/** The bytes of a body with one change. */
export function bodyOf(value: unknown, field: string | undefined = 'messages'): Buffer {
  return bytesOf({ object: 'whatsapp_business_account', entry: [{ id: '1001', changes: [{ field, value }] }] })
}

export function bytesOf(body: unknown): Buffer {
  return Buffer.from(JSON.stringify(body))
}

/** A value of the field `messages`, about one business number. */
export function createValue(parts: Record<string, unknown>): Record<string, unknown> {
  const metadata = { display_phone_number: '15550000000', phone_number_id: '2002' }
  return { messaging_product: 'whatsapp', metadata, ...parts }
}

export function parseValue(parts: Record<string, unknown>): ReturnType<typeof parseWebhook> {
  return parseWebhook(bodyOf(createValue(parts)))
}

/** What `parseValue` lifts into every item. */
export const source = { accountId: '1001', phoneNumberId: '2002', displayNumber: '15550000000' }

export const text = {
  from: '491700000001',
  id: 'wamid.M1',
  timestamp: '1700000000',
  type: 'text',
  text: { body: 'Hi' }
}
export const delivered = { id: 'wamid.S1', status: 'delivered', timestamp: '1700000001', recipient_id: '491700000001' }
export const anna = { profile: { name: 'Anna' }, wa_id: '491700000001' }
