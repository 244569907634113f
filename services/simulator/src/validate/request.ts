import { GraphError } from '../graph-error.ts'
import { checkContent, type Known } from './content.ts'
import { checkText, invalidParam, invalidValue, isParams, type Params, requireParams, requireText } from './params.ts'

/** A checked request to send a message. */
export type SendRequest = {
  kind: 'send'
  /** `to` as it was written, and in digits. */
  input: string
  waId: string
  type: string
  templateName: string | undefined
  callbackData: string | undefined
  body: Params
}

/** A checked request to mark a message as read, with or without the typing indicator. */
export type ReadRequest = { kind: 'read'; wamid: string; typing: boolean; body: Params }

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
  const input = requireText(body, 'to', '')
  checkRecipientType(body)
  const type = checkText(body, 'type', '', { optional: true })?.toLowerCase() ?? 'text'
  const callbackData = checkText(body, 'biz_opaque_callback_data', '', { optional: true, empty: true, max: 512 })
  if (body.context !== undefined) requireText(requireParams(body, 'context'), 'message_id', 'context')
  checkContent(body, type, known)
  const waId = digitsOf(input)
  if (waId === ownNumber) throw new GraphError(131021, { details: 'Recipient phone number cannot be the sender' })
  const template = isParams(body.template) && type === 'template' ? body.template : undefined
  const templateName = typeof template?.name === 'string' ? template.name : undefined
  return { kind: 'send', input, waId, type, templateName, callbackData, body }
}

function checkRecipientType(body: Params): void {
  const type = checkText(body, 'recipient_type', '', { optional: true }) ?? 'individual'
  if (type === 'group') throw new GraphError(131041, { details: 'The simulator has no groups' })
  if (type !== 'individual') {
    throw invalidParam(`Param recipient_type must be one of {GROUP, INDIVIDUAL} - got "${type}".`)
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

// Meta takes `+ - ( )` and blanks out; E.164 has at most 15 digits.
function digitsOf(input: string): string {
  const digits = input.replace(/[+\-() ]/g, '')
  if (!/^\d{7,15}$/.test(digits)) throw invalidValue('Recipient phone number is not a valid phone number')
  return digits
}
