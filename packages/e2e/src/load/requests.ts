import { createHmac } from 'node:crypto'

/** What a load sends, by its kind; everything is prepared before the first byte leaves. */
export type Source =
  /** Single messages to recipients of their own. */
  | { kind: 'messages'; path: string; token: string; numbers: string[]; priority?: string; first?: number }
  /** The same, `size` to a request. */
  | { kind: 'batches'; path: string; token: string; numbers: string[]; size: number; priority?: string; first?: number }
  /** Statuses of the messages that `seedSent` makes: sent, delivered and read of each, `size` to a body. */
  | { kind: 'statuses'; path: string; secret: string; number: string; size: number }
  /** Messages of customers, `size` to a body. */
  | { kind: 'inbound'; path: string; secret: string; number: string; size: number }

/** How a seeded message is named, in the ledger and by Meta. */
export const seededId = (index: number): string => `0194f000-0000-7000-8000-${index.toString(16).padStart(12, '0')}`
export const seededWamid = (index: number): string => `wamid.BENCH${index.toString().padStart(12, '0')}`
export const seededWaId = (index: number): string => `1650${5_000_000 + index}`

const statusWords = ['sent', 'delivered', 'read'] as const

/** The requests numbered from `from` up to and without `to`, as bytes on the wire. */
export function prepare(source: Source, from: number, to: number): Buffer[] {
  return Array.from({ length: to - from }, (_, place) => requestOf(source, from + place))
}

function requestOf(source: Source, index: number): Buffer {
  if (source.kind === 'messages')
    return post(source.path, JSON.stringify(messageOf(source, index)), bearer(source.token))
  if (source.kind === 'batches') {
    const messages = Array.from({ length: source.size }, (_, place) => messageOf(source, index * source.size + place))
    return post(source.path, JSON.stringify({ messages }), bearer(source.token))
  }
  const first = index * source.size
  const items = Array.from({ length: source.size }, (_, place) => first + place)
  const value = source.kind === 'statuses' ? { statuses: items.map(statusOf) } : inboundOf(items)
  const body = webhookBody(source.number, value)
  const signature = createHmac('sha256', source.secret).update(body).digest('hex')
  return post(source.path, body, `x-hub-signature-256: sha256=${signature}`)
}

function bearer(token: string): string {
  return `authorization: Bearer ${token}`
}

function messageOf(
  { numbers, priority, first = 0 }: { numbers: string[]; priority?: string; first?: number },
  index: number
) {
  return {
    from: numbers[index % numbers.length],
    to: `+${seededWaId(first + index)}`,
    type: 'text',
    text: { body: 'Your parcel is on its way and will be with you between nine and eleven.' },
    ...(priority === undefined ? {} : { priority })
  }
}

function statusOf(item: number): object {
  const message = Math.floor(item / statusWords.length)
  return {
    id: seededWamid(message),
    status: statusWords[item % statusWords.length],
    timestamp: '1795363200',
    recipient_id: seededWaId(message),
    biz_opaque_callback_data: seededId(message),
    pricing: { billable: true, pricing_model: 'PMP', type: 'regular', category: 'utility' }
  }
}

function inboundOf(items: number[]): object {
  return {
    contacts: items.map((item) => ({ profile: { name: 'Ada' }, wa_id: seededWaId(item % 5_000) })),
    messages: items.map((item) => ({
      from: seededWaId(item % 5_000),
      id: `wamid.IN${process.pid}.${item}`,
      timestamp: '1795363200',
      type: 'text',
      text: { body: 'When will it come?' }
    }))
  }
}

function webhookBody(number: string, value: object): string {
  const metadata = { display_phone_number: '15550001111', phone_number_id: number }
  const change = { field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...value } }
  return JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: '102290129340398', changes: [change] }] })
}

function post(path: string, body: string, header: string): Buffer {
  const length = Buffer.byteLength(body)
  const head = `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${header}\r\ncontent-length: ${length}\r\n\r\n`
  return Buffer.from(head + body)
}
