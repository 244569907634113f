import { type ActiveFault, type Facts } from './faults.ts'
import { type BusinessNumber } from './numbers.ts'
import { type Simulator } from './simulator.ts'
import { type AcceptedMessage } from './store.ts'
import { type Recipient } from './validate/recipient.ts'
import { type SendRequest } from './validate/request.ts'

/** Takes a message on: it is counted, its statuses will come, and this is the answer that says so. */
export function accept(simulator: Simulator, number: BusinessNumber, request: SendRequest, delayMs: number) {
  const wamid = simulator.ids.sentWamid(request.recipient.id)
  const faults: readonly ActiveFault[] = simulator.faults.take('webhooks', factsOf(number, request))
  const message = simulator.store.accept(request.callbackData, () => describe(wamid, number, request))
  simulator.stats.counts.accepted++
  simulator.statuses.plan({ number, request, wamid, notes: message?.statuses, faults, delayMs })
  const isTemplate = request.type === 'template'
  return {
    messaging_product: 'whatsapp',
    contacts: [contactOf(request.recipient)],
    messages: [
      {
        id: wamid,
        ...(isTemplate && { message_status: 'accepted' }),
        ...(request.recipient.kind === 'group' && { group_id: request.recipient.id })
      }
    ]
  }
}

/** Meta names a person by what the request named them by, and a group under the name of a number. */
function contactOf({ kind, id, input }: Recipient): object {
  return kind === 'user' ? { input, user_id: id } : { input, wa_id: id }
}

/** What a fault may match of a message that is sent. */
export function factsOf(number: BusinessNumber, { recipient, type, templateName }: SendRequest): Facts {
  return { waId: recipient.id, numberId: number.id, type, template: templateName, received: false }
}

function describe(wamid: string, number: BusinessNumber, request: SendRequest): AcceptedMessage {
  return {
    wamid,
    phone_number_id: number.id,
    to: request.recipient.id,
    type: request.type,
    ...(request.callbackData !== undefined && { biz_opaque_callback_data: request.callbackData }),
    accepted_at: new Date().toISOString(),
    statuses: [],
    request: request.body
  }
}
