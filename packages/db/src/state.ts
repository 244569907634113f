import { type EventType, type MessageState, type MetaError, stateRank } from '@wag/contracts'
import { sql } from 'kysely'
import { type NewEvent } from './events.ts'

/** Something learned about a message: a state it has been in. */
export type Step = { state: MessageState; error?: MetaError }

/** What must be known of a message to tell of its change. */
export type MessageHead = {
  tenantId: string
  id: string
  contactId: number
  phoneNumberId: string
  state: MessageState
  wamid: string | null
  /** What the caller wants to find in every event of the message. */
  metadata: Record<string, unknown> | null
}

/** The columns of a `MessageHead`, of messages as `m`. */
export const headColumns = sql`m.tenant_id as "tenantId", m.id, m.contact_id as "contactId",
  m.phone_number_id as "phoneNumberId", m.state, m.wamid, m.metadata`

/**
 * Which of the learned steps move a message that is in `current`, in order. All steps up to the highest count, each
 * once; `failed` and `unknown` count only as the last word, since what came after them proved them wrong.
 */
export function advance(current: MessageState, steps: Step[]): Step[] {
  const sorted = [...steps].sort((a, b) => stateRank(a.state) - stateRank(b.state))
  const moves: Step[] = []
  let state = current
  sorted.forEach((step, index) => {
    if (stateRank(step.state) <= stateRank(state)) return
    const isLast = index === sorted.length - 1 || sorted.at(-1)?.state === step.state
    if ((step.state === 'failed' || step.state === 'unknown') && !isLast) return
    moves.push(step)
    state = step.state
  })
  return moves
}

const eventOfState = new Map<MessageState, EventType>([
  ['sent', 'message.sent'],
  ['delivered', 'message.delivered'],
  ['read', 'message.read'],
  ['played', 'message.played'],
  ['failed', 'message.failed'],
  ['unknown', 'message.unknown'],
  ['expired', 'message.expired'],
  ['cancelled', 'message.cancelled']
])

/** The event that tells of a step, where the state has one. */
export function eventOf(message: MessageHead, step: Step): NewEvent | undefined {
  const type = eventOfState.get(step.state)
  return type && messageEvent(message, type, step.error)
}

/** An event of an outbound message. */
export function messageEvent(message: MessageHead, type: EventType, error?: MetaError): NewEvent {
  return {
    tenantId: message.tenantId,
    type,
    contactId: message.contactId,
    messageId: message.id,
    data: {
      messageId: message.id,
      ...(message.wamid && { wamid: message.wamid }),
      contactId: message.contactId,
      phoneNumberId: message.phoneNumberId,
      direction: 'out',
      ...(error && { error: briefError(error) }),
      ...(message.metadata && { metadata: message.metadata })
    }
  }
}

function briefError(error: MetaError): { code?: number; message: string } {
  return { ...(error.code !== undefined && { code: error.code }), message: error.message }
}
