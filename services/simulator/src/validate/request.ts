import { GraphError } from '../graph-error.ts'
import { checkContent } from './content.ts'
import { checkText, invalidParam, isParams, type Known, type Params, requireParams, requireText } from './params.ts'
import { checkRecipient, type Recipient } from './recipient.ts'
import { categoryOf } from './template.ts'
import { checkInteger, checkWord } from './values.ts'

/** A checked request to send a message. */
export type SendRequest = {
  kind: 'send'
  recipient: Recipient
  type: string
  templateName: string | undefined
  callbackData: string | undefined
  body: Params
}

/** A checked request to mark a message as read, with or without the typing indicator. */
export type ReadRequest = { kind: 'read'; wamid: string; typing: boolean; body: Params }

const forGroups = new Set(['text', 'image', 'video', 'audio', 'document', 'sticker', 'template', 'pin'])
const ttlMax = 30 * 24 * 3600

/** Checks the body of a POST to `messages` as Meta does; throws a GraphError. `ownNumber` in digits. */
export function checkRequest(body: unknown, ownNumber: string, known: Known): SendRequest | ReadRequest {
  if (!isParams(body)) throw invalidParam('The parameter messaging_product is required.')
  const product = requireText(body, 'messaging_product', '')
  if (product !== 'whatsapp') {
    throw invalidParam(`Param messaging_product must be one of {WHATSAPP} - got "${product}".`)
  }
  return body.status === undefined ? checkSend(body, ownNumber, known) : checkRead(body)
}

function checkSend(body: Params, ownNumber: string, known: Known): SendRequest {
  const recipient = checkRecipient(body)
  const type = checkText(body, 'type', '', { optional: true })?.toLowerCase() ?? 'text'
  const callbackData = checkText(body, 'biz_opaque_callback_data', '', { optional: true, empty: true, max: 512 })
  if (body.context !== undefined) requireText(requireParams(body, 'context'), 'message_id', 'context')
  checkText(body, 'recipient_identity_key_hash', '', { optional: true })
  checkWord(body, 'category', '', ['utility', 'authentication', 'marketing', 'service'])
  checkInteger(body, 'ttl_seconds', '', 1, ttlMax)
  checkInteger(body, 'message_send_ttl_seconds', '', -1, ttlMax)
  checkContent(body, type, known)
  if (recipient.id === ownNumber)
    throw new GraphError(131021, { details: 'Recipient phone number cannot be the sender' })
  const template = isParams(body.template) && type === 'template' ? body.template : undefined
  const templateName = typeof template?.name === 'string' ? template.name : undefined
  checkReach(recipient, type, templateName)
  return { kind: 'send', recipient, type, templateName, callbackData, body }
}

/** Not everything goes to everybody. */
function checkReach({ kind }: Recipient, type: string, templateName: string | undefined): void {
  if (kind === 'group' && !forGroups.has(type)) {
    throw new GraphError(131051, { details: `Messages of type ${type} are not supported in groups` })
  }
  if (kind === 'user' && templateName !== undefined && categoryOf(templateName) === 'authentication') {
    throw new GraphError(131062, { details: 'Authentication templates need the phone number of the recipient' })
  }
}

function checkRead(body: Params): ReadRequest {
  if (body.status !== 'read') throw invalidParam('Param status must be one of {READ}.')
  const wamid = requireText(body, 'message_id', '')
  if (!wamid.startsWith('wamid.')) throw new GraphError(100, { details: 'Invalid message ID' })
  if (body.typing_indicator === undefined) return { kind: 'read', wamid, typing: false, body }
  const indicator = requireText(requireParams(body, 'typing_indicator'), 'type', 'typing_indicator')
  if (indicator !== 'text') throw invalidParam("Param typing_indicator['type'] must be one of {TEXT}.")
  return { kind: 'read', wamid, typing: true, body }
}
