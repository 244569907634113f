import {
  type ApiMessage,
  type ExplainedError,
  type MetaError,
  type TimelineEntry,
  type WaitingFor
} from '@wag/contracts'
import { type MessageRecord, type Moment, type NewMessage } from '@wag/db'
import { explain } from '@wag/graph'

/** What both a message being accepted and one read from the ledger know. */
type Accepted = Pick<
  NewMessage,
  'id' | 'phoneNumberId' | 'recipient' | 'priority' | 'onUnknown' | 'metadata' | 'resendOf' | 'sendAt' | 'expiresAt'
> & { type: string; at: Date }

/** A message as it was when it was accepted, at `at` by the ledger's clock. */
export function newMessageView(message: NewMessage, at: Date, lifetimeS: number): ApiMessage {
  const from = Math.max(at.getTime(), message.sendAt?.getTime() ?? 0)
  const expiresAt = message.expiresAt ?? new Date(from + lifetimeS * 1000)
  return acceptedView({ ...message, type: message.content.type, at, expiresAt })
}

/** The same, read from the ledger: what a repeated request is answered. */
export function firstView(record: MessageRecord): ApiMessage {
  return acceptedView(acceptedOf(record))
}

/** A message as it stands. */
export function messageView(record: MessageRecord): ApiMessage {
  const { state: status, wamid, contactId: contact, content, error, sentAt } = record
  const now = {
    status,
    wamid,
    contact,
    content,
    ...(error && { error: explained(error) }),
    ...(sentAt && { sent_at: sentAt.toISOString() }),
    ...waitView(record)
  }
  return record.direction === 'in' ? { ...receivedView(record), ...now } : { ...firstView(record), ...now }
}

/** When a queued message is tried next that was put back, and why not before. */
function waitView(record: MessageRecord): Pick<ApiMessage, 'next_attempt_at' | 'waiting_for'> {
  const { state, dueAt } = record
  if (state !== 'queued' || !dueAt || dueAt.getTime() <= Date.now()) return {}
  const reason = waitOf(record)
  return { next_attempt_at: dueAt.toISOString(), ...(reason && { waiting_for: reason }) }
}

function waitOf({ attempts, error, pairReserved, type }: MessageRecord): WaitingFor | undefined {
  if (attempts > 0 && error) return 'retry'
  if (pairReserved) return 'recipient_pace'
  return type === 'template' ? 'template_pause' : undefined
}

function acceptedView(message: Accepted): ApiMessage {
  const { id, phoneNumberId, recipient, type, sendAt, expiresAt, metadata, resendOf, at } = message
  return {
    id,
    wamid: null,
    direction: 'out',
    status: sendAt && sendAt > at ? 'scheduled' : 'queued',
    from: phoneNumberId,
    ...recipientView(recipient),
    number: phoneNumberId,
    type,
    priority: message.priority ?? 'normal',
    ...(sendAt && { send_at: sendAt.toISOString() }),
    ...(expiresAt && { expires_at: expiresAt.toISOString() }),
    on_unknown: message.onUnknown ?? 'hold',
    ...(metadata && { metadata }),
    ...(resendOf && { resend_of: resendOf }),
    created_at: at.toISOString()
  }
}

function acceptedOf(record: MessageRecord): Accepted {
  const { recipientKind, recipient, sendAt, expiresAt, metadata, resendOf, ...rest } = record
  return {
    ...rest,
    recipient: { kind: recipientKind, id: recipient ?? '' },
    sendAt: sendAt ?? undefined,
    expiresAt: expiresAt ?? undefined,
    metadata: metadata ?? undefined,
    resendOf: resendOf ?? undefined
  }
}

function recipientView({ kind, id }: NewMessage['recipient']): Pick<ApiMessage, 'to' | 'recipient' | 'recipient_type'> {
  if (kind === 'phone') return { to: `+${id}` }
  return kind === 'user' ? { recipient: id } : { to: id, recipient_type: 'group' }
}

function receivedView({ id, phoneNumberId, contact, type, at }: MessageRecord): Omit<ApiMessage, 'wamid' | 'status'> {
  const from = contact.waId === null ? contact.userId : `+${contact.waId}`
  return {
    id,
    direction: 'in',
    ...(from !== null && { from }),
    to: phoneNumberId,
    number: phoneNumberId,
    type,
    created_at: at.toISOString()
  }
}

/** A step of a message's life as callers see it. */
export function timelineEntry({ state, at, attempt, participant, error }: Moment): TimelineEntry {
  return {
    state,
    at: at.toISOString(),
    ...(attempt !== undefined && { attempt }),
    ...(participant !== undefined && { participant }),
    ...(error && { error: explained(error) })
  }
}

function explained(error: MetaError): ExplainedError {
  return { ...explain(error.code), ...error }
}
