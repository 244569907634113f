import { GraphError } from '../graph-error.ts'
import { checkText, invalidParam, invalidValue, type Params, requireText } from './params.ts'
import { requireWord } from './values.ts'

/** To whom a message goes: a phone by its digits, a person by the user id the business knows, or a group. */
export type Recipient = {
  kind: 'phone' | 'user' | 'group'
  id: string
  /** As it was written. */
  input: string
}

const idLengthMax = 256

// Ids such as US.13491208655302741918 and US.ENT.11815799212886844830, and the draft of 2025: user. and 64 digits.
const userId = /^(?:[A-Za-z]{2}|user)(?:\.\w+){1,2}$/

/** Checks who is named. Where both `to` and `recipient` are, `to` counts. */
export function checkRecipient(body: Params): Recipient {
  const kind =
    body.recipient_type === undefined ? 'individual' : requireWord(body, 'recipient_type', '', kinds, { anyCase: true })
  if (kind === 'group') return groupOf(requireText(body, 'to', '', { max: idLengthMax }))
  const input = checkText(body, 'to', '', { optional: true })
  if (input !== undefined) return { kind: 'phone', id: digitsOf(input), input }
  if (body.recipient === undefined) throw invalidParam('The parameter to is required.')
  const id = requireText(body, 'recipient', '', { max: idLengthMax })
  if (!userId.test(id)) throw invalidValue('Recipient is not a valid business-scoped user ID')
  return { kind: 'user', id, input: id }
}

const kinds = ['group', 'individual']

// Which groups there are is not known here: every id is one, but for phone numbers and for what begins with `missing_`.
function groupOf(id: string): Recipient {
  if (/^\+?[\d ()-]+$/.test(id) || id.startsWith('missing_')) {
    throw new GraphError(131041, { details: 'The group does not exist, or the business is not in it' })
  }
  return { kind: 'group', id, input: id }
}

// Meta takes `+ - ( )` and blanks out; E.164 has at most 15 digits.
function digitsOf(input: string): string {
  const digits = input.replace(/[+\-() ]/g, '')
  if (!/^\d{7,15}$/.test(digits)) throw invalidValue('Recipient phone number is not a valid phone number')
  return digits
}
