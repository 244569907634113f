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

function groupRule({ type, recipient_type: to }: CheckedMessage): Problem[] {
  return unless(
    to !== 'group' || type !== 'interactive',
    '/type',
    'must not be interactive: Meta takes none for groups'
  )
}

function rawRule(message: CheckedMessage): Problem[] {
  if (message.type !== 'raw') return []
  const fields = Object.keys(message.raw).filter((field) => field !== 'type' && Object.hasOwn(message, field))
  return fields.map((field) => ({ pointer: step('/raw', field), detail: 'must not stand beside raw and in it' }))
}
