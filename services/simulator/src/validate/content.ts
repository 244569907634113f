import { GraphError } from '../graph-error.ts'
import { checkInteractive } from './interactive.ts'
import {
  checkText,
  invalidParam,
  invalidValue,
  isParams,
  type Params,
  pathTo,
  refuseOtherKeys,
  requireArray,
  requireParams,
  requireText
} from './params.ts'
import { checkTemplate } from './template.ts'

const captionMax = 1024
const contactsMax = 257

/** What the checks may ask of the simulator's state. */
export type Known = { hasMedia: (id: string) => boolean }

type Check = (body: Params, type: string, known: Known) => void

const checks = new Map<string, Check>([
  ['text', (body) => void requireText(requireParams(body, 'text'), 'body', 'text', { max: 4096 })],
  ['image', (body, type, known) => checkMedia(body, type, ['caption'], known)],
  ['video', (body, type, known) => checkMedia(body, type, ['caption'], known)],
  ['audio', (body, type, known) => checkMedia(body, type, ['voice'], known)],
  ['document', (body, type, known) => checkMedia(body, type, ['caption', 'filename'], known)],
  ['sticker', (body, type, known) => checkMedia(body, type, [], known)],
  ['location', checkLocation],
  ['contacts', checkContacts],
  ['reaction', checkReaction],
  ['interactive', (body) => checkInteractive(requireParams(body, 'interactive'))],
  ['template', (body) => checkTemplate(requireParams(body, 'template'))]
])

/** Checks the object that carries the content of a message of this type; throws a GraphError. */
export function checkContent(body: Params, type: string, known: Known): void {
  const check = checks.get(type)
  if (check === undefined) {
    const names = [...checks.keys()].join(', ').toUpperCase()
    throw invalidParam(`Param type must be one of {${names}} - got "${type}".`)
  }
  check(body, type, known)
}

function checkMedia(body: Params, type: string, extra: readonly string[], known: Known): void {
  const media = requireParams(body, type)
  const id = checkText(media, 'id', type, { optional: true })
  const link = checkText(media, 'link', type, { optional: true })
  if (id === undefined && link === undefined) {
    throw new GraphError(131008, { details: `Either ${type}['id'] or ${type}['link'] is required` })
  }
  if (link !== undefined && !isWebLink(link)) throw invalidParam(`Param ${type}['link'] is not a valid URI.`)
  if (id !== undefined && !known.hasMedia(id)) throw invalidValue(`Media ID in ${type}['id'] is not valid`)
  refuseOtherKeys(media, ['id', 'link', 'provider', ...extra], type)
  checkText(media, 'caption', type, { optional: true, empty: true, max: captionMax })
  checkText(media, 'filename', type, { optional: true, max: 240 })
}

function isWebLink(link: string): boolean {
  return /^https?:\/\//i.test(link) && URL.canParse(link)
}

function checkLocation(body: Params): void {
  const location = requireParams(body, 'location')
  for (const key of ['latitude', 'longitude']) {
    const value = location[key]
    const name = pathTo('location', key)
    if (value === undefined || value === '') throw invalidParam(`The parameter ${name} is required.`)
    const limit = key === 'latitude' ? 90 : 180
    if (!(Math.abs(Number(value)) <= limit)) throw invalidValue(`${name} is not a coordinate`)
  }
}

function checkContacts(body: Params): void {
  const contacts = requireArray(body, 'contacts', '')
  if (contacts.length < 1 || contacts.length > contactsMax) {
    throw invalidValue(`Invalid contacts count. Min allowed contacts: 1, Max allowed contacts: ${contactsMax}`)
  }
  for (const [index, contact] of contacts.entries()) {
    const path = pathTo('contacts', index)
    if (!isParams(contact)) throw invalidParam(`Param ${path} must be a JSON object.`)
    requireText(requireParams(contact, 'name', path), 'formatted_name', pathTo(path, 'name'))
  }
}

function checkReaction(body: Params): void {
  const reaction = requireParams(body, 'reaction')
  requireText(reaction, 'message_id', 'reaction')
  requireText(reaction, 'emoji', 'reaction', { empty: true })
  if (body.context !== undefined) throw invalidValue('A reaction cannot carry a context')
}
