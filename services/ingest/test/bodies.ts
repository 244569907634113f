import { createHash } from 'node:crypto'

export const phoneNumberId = '106540352242922'

type Json = Record<string, unknown>

/** A wamid that looks real, told by a name. */
export function wamid(name: string): string {
  return `wamid.${createHash('sha256').update(name).digest('base64')}`
}

export function message(name: string, more: Json = {}): Json {
  return {
    from: '491700000001',
    id: wamid(name),
    timestamp: '1750000000',
    type: 'text',
    text: { body: `text of ${name}` },
    ...more
  }
}

export function status(name: string, word: string, more: Json = {}): Json {
  return { id: wamid(name), status: word, timestamp: '1750000001', recipient_id: '491700000001', ...more }
}

export function contact(waId: string, name: string): Json {
  return { wa_id: waId, profile: { name } }
}

/** A change of the field `messages`. */
export function change(value: Json): Json {
  const metadata = { display_phone_number: '15550000000', phone_number_id: phoneNumberId }
  return { field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...value } }
}

export function entry(...changes: Json[]): Json {
  return { id: '102290129340398', changes }
}

/** A webhook's body as Meta posts it. */
export function body(...entries: Json[]): Buffer {
  return Buffer.from(JSON.stringify({ object: 'whatsapp_business_account', entry: entries }))
}

/** The body of one change. */
export function bodyOf(value: Json): Buffer {
  return body(entry(change(value)))
}
