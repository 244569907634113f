import { isRecord } from './tidy.ts'

/** What a list shows of a message; an empty string where there is nothing to show. */
export type Description = { body: string; link: string }

type Part = Record<string, unknown>

/**
 * Describes a message by its type and Meta's object, inbound (the whole message) or outbound (`OutboundContent`).
 * Inbound media links to our own route by its id. Total: an unknown type or a strange shape gives empty strings.
 */
export function describeContent(type: string, content: Record<string, unknown>): Description {
  const part = isRecord(content) ? content[type] : undefined
  if (type === 'contacts' && Array.isArray(part)) return { body: namesOf(part), link: '' }
  if (!isRecord(part)) return { body: '', link: '' }
  if (type === 'edit') return describeEdit(part.message)
  if (type === 'raw') return describeRaw(part)
  return {
    body: bodyOf(type, part),
    link: mediaTypes.has(type) ? linkOf(part) : ''
  }
}

/** What the message says now. Meta nests no edit in an edit. */
function describeEdit(message: unknown): Description {
  const type = isRecord(message) && typeof message.type === 'string' ? message.type : ''
  return isRecord(message) && !wrappers.has(type) ? describeContent(type, message) : { body: '', link: '' }
}

/** What a raw message says where its type is one of those above; else the type. */
function describeRaw(raw: Part): Description {
  const type = firstText(raw.type)
  const { body, link } = wrappers.has(type) ? { body: '', link: '' } : describeContent(type, raw)
  return body === '' && link === '' ? { body: type, link } : { body, link }
}

/** They hold a message, but not one another: however deep a stranger nests them, we look into one. */
const wrappers = new Set(['edit', 'raw'])

function namesOf(contacts: unknown[]): string {
  const names = contacts.map((contact) => isRecord(contact) && isRecord(contact.name) && contact.name.formatted_name)
  return names.filter((name) => typeof name === 'string').join(', ')
}

const mediaTypes = new Set(['image', 'video', 'audio', 'document', 'sticker'])

function bodyOf(type: string, part: Part): string {
  switch (type) {
    case 'text':
      return firstText(part.body)
    case 'image':
    case 'video':
    case 'audio':
    case 'document':
    case 'sticker':
      return firstText(part.caption)
    case 'template':
      return firstText(part.name)
    case 'button':
      return firstText(part.text)
    case 'interactive':
      return isRecord(part.action) ? questionOf(part) : replyOf(part)
    case 'reaction':
      return firstText(part.emoji)
    case 'order':
      return firstText(part.text)
    case 'system':
      return firstText(part.body)
    case 'location':
      return firstText(part.name, part.address, placeOf(part))
    default:
      return ''
  }
}

function placeOf({ latitude, longitude }: Part): string {
  const place = [latitude, longitude].filter((angle) => typeof angle === 'number' || typeof angle === 'string')
  return place.length === 2 ? place.join(', ') : ''
}

/** What an interactive message asks. A few kinds need no words, and have their name. */
function questionOf({ type, ...parts }: Part): string {
  const texts = [parts.body, parts.header, parts.footer].map((part) => (isRecord(part) ? part.text : undefined))
  return firstText(...texts, type)
}

function replyOf(interactive: Part): string {
  // Flow replies (nfm_reply) have a body in place of a title.
  const reply = interactive.button_reply ?? interactive.list_reply ?? interactive.nfm_reply
  return isRecord(reply) ? firstText(reply.title, reply.body) : ''
}

function linkOf(media: Part): string {
  const id = typeof media.id === 'number' ? String(media.id) : media.id
  if (typeof id === 'string' && id !== '') return `/media/${encodeURIComponent(id.toWellFormed())}/`
  return firstText(media.link)
}

function firstText(...values: unknown[]): string {
  for (const value of values) if (typeof value === 'string' && value !== '') return value
  return ''
}
