import { type Problem } from '../errors.ts'
import { type CheckedMessage } from './checked-message.ts'
import { step } from './pointer.ts'
import { unless } from './rule.ts'
import { directTextLengthMax } from './text.ts'

/** Rules between the fields of a message's body and the object of its type. */
export function messageRules(message: CheckedMessage): Problem[] {
  return [
    ...reactionRule(message),
    ...previewRule(message),
    ...categoryRule(message),
    ...uploadRule(message),
    ...groupRule(message),
    ...rawRule(message)
  ]
}

function reactionRule({ type, context }: CheckedMessage): Problem[] {
  const holds = type !== 'reaction' || context === undefined
  return unless(holds, '/context', 'must be left out: a reaction names its message itself')
}

function previewRule(message: CheckedMessage): Problem[] {
  if (message.type !== 'text') return []
  const { preview_url: own, text } = message
  const holds = own === undefined || text.preview_url === undefined || own === text.preview_url
  return unless(holds, '/preview_url', 'must not differ from preview_url in text')
}

/** Meta delivers a text outside the 24-hour window by its category, but a shorter one. */
function categoryRule(message: CheckedMessage): Problem[] {
  const { type, category } = message
  if (type !== 'text' || (category !== 'utility' && category !== 'authentication')) return []
  const rule = `must not be longer than ${directTextLengthMax} characters where category is ${category}`
  return unless(Array.from(message.text.body).length <= directTextLengthMax, '/text/body', rule)
}

function uploadRule(message: CheckedMessage): Problem[] {
  if (message.media === undefined) return []
  const medium: unknown = Object.entries(message).find(([field]) => field === message.type)?.[1]
  return unless(holdsLink(medium), '/media', `must be left out where ${message.type} has no link`)
}

function holdsLink(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return ('link' in value && typeof value.link === 'string') || Object.values(value).some(holdsLink)
}

/** Meta delivers to groups only text, media, and templates whose header is one of these; `raw` may hold what is new. */
const forGroups = ['text', 'image', 'video', 'audio', 'document', 'sticker', 'template', 'raw'] as const
const notForGroups = new Set(['location', 'product'])

function groupRule(message: CheckedMessage): Problem[] {
  if (message.recipient_type !== 'group') return []
  const { type } = message
  const isTaken = forGroups.some((one) => one === type)
  if (!isTaken)
    return unless(false, '/type', `must be one of ${forGroups.join(', ')}: Meta takes no ${type} for groups`)
  return message.type === 'template' ? groupTemplateRule(message.template.components ?? []) : []
}

function groupTemplateRule(components: { type: string; parameters?: readonly object[] }[]): Problem[] {
  return components.flatMap(({ type, parameters: [first] = [] }, place) => {
    const kind = type.toLowerCase() === 'header' && first && 'type' in first ? String(first.type) : ''
    const pointer = `/template/components/${place}/parameters/0/type`
    const detail = `must not be ${kind}: Meta takes templates of text and media for groups`
    return unless(!notForGroups.has(kind.toLowerCase()), pointer, detail)
  })
}

function rawRule(message: CheckedMessage): Problem[] {
  if (message.type !== 'raw') return []
  const fields = Object.keys(message.raw).filter((field) => field !== 'type' && Object.hasOwn(message, field))
  return fields.map((field) => ({ pointer: step('/raw', field), detail: 'must not stand beside raw and in it' }))
}
