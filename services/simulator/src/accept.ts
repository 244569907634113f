import { type ActiveFault } from './faults.ts'
import { type BusinessNumber } from './numbers.ts'
import { type Simulator } from './simulator.ts'
import { type AcceptedMessage } from './store.ts'
import { type SendRequest } from './validate/request.ts'

/** Takes a message on: it is counted, its statuses will come, and this is the answer that says so. */
export function accept(simulator: Simulator, number: BusinessNumber, request: SendRequest, delayMs: number) {
  const wamid = simulator.ids.sentWamid(request.waId)
  const facts = { waId: request.waId, numberId: number.id, type: request.type, received: false }
  const faults: readonly ActiveFault[] = simulator.faults.take('webhooks', facts)
  const message = simulator.store.accept(request.callbackData, () => describe(wamid, number, request))
  simulator.stats.counts.accepted++
  simulator.statuses.plan({ number, request, wamid, notes: message?.statuses, faults, delayMs })
  const isTemplate = request.type === 'template'
  return {
    messaging_product: 'whatsapp',
    contacts: [{ input: request.input, wa_id: request.waId }],
    messages: [{ id: wamid, ...(isTemplate && { message_status: 'accepted' }) }]
  }
}

function describe(wamid: string, number: BusinessNumber, request: SendRequest): AcceptedMessage {
  return {
    wamid,
    phone_number_id: number.id,
    to: request.waId,
    type: request.type,
    ...(request.callbackData !== undefined && { biz_opaque_callback_data: request.callbackData }),
    accepted_at: new Date().toISOString(),
    statuses: [],
    request: request.body
  }
}
