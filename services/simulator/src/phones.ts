import { type Static, Type } from 'typebox'
import { type Detour } from './detour.ts'
import { type Faults } from './faults.ts'
import { type Ids, userIdOf } from './ids.ts'
import { type Limits } from './limits.ts'
import { type MediaStore } from './media.ts'
import { type BusinessNumber } from './numbers.ts'
import { type Stats } from './stats.ts'
import { contactOf, type Update } from './updates.ts'

const namesMax = 100_000

/** What a phone writes to the business. */
export const PhoneMessageSchema = Type.Object(
  {
    /** The phone's number in digits. */
    from: Type.String({ pattern: '^\\d{7,15}$' }),
    /** The profile's name; it stays until another is given. */
    profile_name: Type.Optional(Type.String()),
    /** Default text. */
    type: Type.Optional(Type.String({ minLength: 1 })),
    /** Short for `content: { body }` of a text. */
    text: Type.Optional(Type.String()),
    /** What goes under the type's name; for media may hold `data` (base64) and `mime_type`. */
    content: Type.Optional(Type.Unknown()),
    /** Fields of Meta's message object, over whatever the simulator would write there. */
    message: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    phone_number_id: Type.Optional(Type.String()),
    /** How many of it, each with an id of its own. Default 1. */
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 }))
  },
  { additionalProperties: false }
)

export type PhoneMessage = Static<typeof PhoneMessageSchema>

type PhonesParts = { ids: Ids; media: MediaStore; faults: Faults; detour: Detour; limits: Limits; stats: Stats }

export type Phones = ReturnType<typeof createPhones>

const mediaTypes = new Map([
  ['image', 'image/jpeg'],
  ['video', 'video/mp4'],
  ['audio', 'audio/ogg; codecs=opus'],
  ['document', 'application/pdf'],
  ['sticker', 'image/webp']
])

/** The phones of the customers. */
export function createPhones({ ids, media, faults, detour, limits, stats }: PhonesParts) {
  const names = new Map<string, string>()

  function nameOf(waId: string): string {
    return names.get(waId) ?? `Phone ${waId.slice(-4)}`
  }

  function rename(waId: string, name: string): void {
    if (names.size >= namesMax) names.clear()
    names.set(waId, name)
  }

  function mediaOf(type: string, mimeType: string, content: unknown, origin: string): object {
    const { data, mime_type = mimeType, id, ...others } = (content ?? {}) as Record<string, unknown>
    if (typeof id === 'string') return { mime_type, id, ...others }
    const bytes =
      typeof data === 'string' ? Buffer.from(data, 'base64') : Buffer.from(`The bytes of a simulated ${type}.`)
    const filename = typeof others.filename === 'string' ? others.filename : undefined
    const file = media.add(String(mime_type), bytes, filename)
    const sha256 = file.sha256.toString('base64')
    return { ...others, mime_type, sha256, id: file.id, url: media.url(origin, file.id) }
  }

  function itemOf(written: PhoneMessage, origin: string) {
    const { from, text, content, message } = written
    const type = written.type ?? (typeof message?.type === 'string' ? message.type : 'text')
    const mimeType = mediaTypes.get(type)
    const body = mimeType !== undefined ? mediaOf(type, mimeType, content, origin) : contentOf(type, text, content)
    const timestamp = String(Math.floor(Date.now() / 1000))
    const head = { from, from_user_id: userIdOf(from), id: ids.receivedWamid(from), timestamp, type }
    return { ...head, ...(body !== undefined && message?.[type] === undefined && { [type]: body }), ...message }
  }

  return {
    nameOf,
    /** Writes to a number of the business; returns the ids of the messages. `origin` is where media is to be had. */
    write(number: BusinessNumber, written: PhoneMessage, origin: string): string[] {
      const { from } = written
      if (written.profile_name !== undefined) rename(from, written.profile_name)
      const wamids: string[] = []
      const updates: (() => void)[] = []
      let isReordered = false
      for (let n = 0; n < (written.count ?? 1); n++) {
        const item = itemOf(written, origin)
        wamids.push(String(item.id))
        stats.counts.received++
        limits.receive(number.id)
        const facts = { waId: from, numberId: number.id, type: String(item.type), template: undefined, received: true }
        const taken = faults.take('webhooks', facts)
        isReordered ||= taken.some(({ fault }) => fault.kind === 'reorder_webhooks')
        const contact = contactOf(from, nameOf(from))
        const update: Update = { number, kind: 'messages', status: 'received', item, contact }
        updates.push(() => detour.emit(update, taken))
      }
      for (const emit of isReordered ? updates.reverse() : updates) emit()
      return wamids
    },
    clear: () => names.clear()
  }
}

function contentOf(type: string, text: string | undefined, content: unknown): unknown {
  if (content !== undefined) return content
  return type === 'text' ? { body: text ?? 'Hello' } : undefined
}
