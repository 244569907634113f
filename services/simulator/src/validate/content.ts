import { checkContacts } from './contacts.ts'
import { checkInteractive } from './interactive.ts'
import { checkLocation } from './location.ts'
import { checkMedium } from './medium.ts'
import {
  invalidParam,
  invalidValue,
  type Known,
  type Params,
  refuseOtherKeys,
  requireParams,
  requireText
} from './params.ts'
import { checkPin } from './pin.ts'
import { checkTemplate } from './template.ts'
import { checkBoolean } from './values.ts'

const textMax = 4096
// What Direct Send delivers outside the customer service window is shorter.
const directTextMax = 1024

type Check = (body: Params, known: Known) => void

const checks = new Map<string, Check>([
  ['text', checkTextObject],
  ['image', (body, known) => checkMedium(body, 'image', '', ['caption'], known)],
  ['video', (body, known) => checkMedium(body, 'video', '', ['caption'], known)],
  ['audio', (body, known) => checkMedium(body, 'audio', '', ['voice'], known)],
  ['document', (body, known) => checkMedium(body, 'document', '', ['caption', 'filename'], known)],
  ['sticker', (body, known) => checkMedium(body, 'sticker', '', [], known)],
  ['location', (body) => checkLocation(body, '')],
  ['contacts', checkContacts],
  ['reaction', checkReaction],
  ['interactive', (body, known) => checkInteractive(requireParams(body, 'interactive'), known)],
  ['template', (body, known) => checkTemplate(requireParams(body, 'template'), known)],
  ['pin', checkPin]
])

/** Checks the object that carries the content of a message of this type; throws a GraphError. */
export function checkContent(body: Params, type: string, known: Known): void {
  const check = checks.get(type)
  if (check === undefined) {
    const names = [...checks.keys()].join(', ').toUpperCase()
    throw invalidParam(`Param type must be one of {${names}} - got "${type}".`)
  }
  check(body, known)
}

function checkTextObject(body: Params): void {
  const text = requireParams(body, 'text')
  const isDirect = body.category === 'utility' || body.category === 'authentication'
  requireText(text, 'body', 'text', { max: isDirect ? directTextMax : textMax })
  checkBoolean(text, 'preview_url', 'text')
  refuseOtherKeys(text, ['body', 'preview_url'], 'text')
}

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' })

function checkReaction(body: Params): void {
  const reaction = requireParams(body, 'reaction')
  requireText(reaction, 'message_id', 'reaction')
  const emoji = requireText(reaction, 'emoji', 'reaction', { empty: true })
  const isOne = /\p{Emoji_Presentation}|\p{Extended_Pictographic}|\u20e3/u.test(emoji)
  if (emoji !== '' && !(isOne && Array.from(characters.segment(emoji)).length === 1)) {
    throw invalidValue("Param reaction['emoji'] must be one emoji")
  }
  refuseOtherKeys(reaction, ['message_id', 'emoji'], 'reaction')
  if (body.context !== undefined) throw invalidValue('A reaction cannot carry a context')
}
