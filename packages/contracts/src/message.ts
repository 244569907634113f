import { type Static, Type } from 'typebox'

/**
 * The states of a message, in order. A state only ever moves to a later one, but for the holder of a claim, who may put
 * a message that Meta certainly did not take back to `queued`. So the outcome is the maximum over all that was learned,
 * whichever order it was learned in: `failed` yields to `delivered`, and changes nothing after it.
 * The ledger's enum `message_state` has the same order.
 */
export const messageStates = [
  'received',
  'scheduled',
  'queued',
  'sending',
  'unknown',
  'sent',
  'failed',
  'expired',
  'cancelled',
  'delivered',
  'read',
  'played'
] as const

export type MessageState = (typeof messageStates)[number]

const ranks = new Map<MessageState, number>(messageStates.map((state, rank) => [state, rank]))

/** The place of a state in the order; higher is later. */
export function stateRank(state: MessageState): number {
  return ranks.get(state) ?? 0
}

/** Whether a message in this state has left our hands: what may still come is told by Meta's webhooks. */
export function isSettled(state: MessageState): boolean {
  return stateRank(state) >= stateRank('unknown')
}

/** Which state Meta's status word stands for; undefined for a word that moves no state (it is kept all the same). */
export function stateOfStatus(status: string): MessageState | undefined {
  return statusStates.get(status)
}

const statusStates = new Map<string, MessageState>([
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['read', 'read'],
  ['played', 'played'],
  ['failed', 'failed']
])

/** An error of Meta's, as it came in an answer to a send or in a webhook. */
export const MetaErrorSchema = Type.Object({
  code: Type.Optional(Type.Integer()),
  title: Type.Optional(Type.String()),
  message: Type.String(),
  details: Type.Optional(Type.String())
})

export type MetaError = Static<typeof MetaErrorSchema>
