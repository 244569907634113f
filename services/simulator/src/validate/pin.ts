import { invalidParam, type Params, refuseOtherKeys, requireParams, requireText } from './params.ts'
import { requireInteger, requireWord } from './values.ts'

const daysMax = 30

/** Checks a message that pins another one in a group, or takes the pin out. */
export function checkPin(body: Params): void {
  const pin = requireParams(body, 'pin')
  const type = requireWord(pin, 'type', 'pin', ['pin', 'unpin'])
  requireText(pin, 'message_id', 'pin')
  if (type === 'pin') requireInteger(pin, 'expiration_days', 'pin', 1, daysMax)
  refuseOtherKeys(pin, ['type', 'message_id', 'expiration_days'], 'pin')
  if (body.recipient_type !== 'group') throw invalidParam('Param type "pin" needs recipient_type to be GROUP.')
}
