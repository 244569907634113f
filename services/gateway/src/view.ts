import { type ListedMessage, type MessageState, type SentMessage } from '@wag/contracts'
import { type Contact, type Message } from '@wag/db'
import { describeContent } from '@wag/graph'

/** A message as the original routes show it: under Meta's id once it has one, under ours until then. */
export function sentMessageOf(message: Message, contact: Contact): SentMessage {
  const { body, link } = describeContent(message.type, message.content)
  return {
    message_id: message.wamid ?? message.id,
    contact: contactNameOf(contact),
    message_type: message.type,
    body,
    link,
    status: statusOf(message.state)
  }
}

/** The same with its time, ISO 8601 in UTC. */
export function listedMessageOf(message: Message, contact: Contact): ListedMessage {
  return { ...sentMessageOf(message, contact), timestamp: message.at.toISOString() }
}

/** A contact's number; their user id where Meta tells no number. */
export function contactNameOf({ waId, userId }: Contact): string {
  return waId ?? userId ?? ''
}

/** To a caller, a message being sent is still queued. */
function statusOf(state: MessageState): string {
  return state === 'sending' ? 'queued' : state
}
