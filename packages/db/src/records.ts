import {
  type MessageState,
  type MetaError,
  type OnUnknown,
  type OutboundContent,
  type Priority,
  priorities,
  type RecipientKind
} from '@wag/contracts'
import { sql } from 'kysely'
import { type Db } from './schema.ts'

/** All that the ledger says of a message of either direction. `recipient` is null for those that came in. */
export type MessageRecord = {
  id: string
  tenantId: string
  direction: 'in' | 'out'
  phoneNumberId: string
  contactId: number
  /** What the contact is known by: the number in digits, the user id, the group's id. */
  contact: { waId: string | null; userId: string | null; groupId: string | null }
  recipientKind: RecipientKind
  recipient: string | null
  state: MessageState
  type: string
  content: Record<string, unknown>
  wamid: string | null
  error: MetaError | null
  attempts: number
  /** When it is claimed at the earliest, or looked at again; null where nothing is left to do. */
  dueAt: Date | null
  /** It was put back because its recipient had had enough for the moment. */
  pairReserved: boolean
  at: Date
  sendAt: Date | null
  expiresAt: Date | null
  sentAt: Date | null
  updatedAt: Date
  priority: Priority
  onUnknown: OnUnknown
  metadata: Record<string, unknown> | null
  resendOf: string | null
}

/** The content of a message of ours, as it was accepted. */
export function outboundContentOf(record: MessageRecord): OutboundContent {
  return record.content as OutboundContent
}

/** The columns of a record, of messages as `m` with their contacts as `c`. */
export const recordColumns = sql`
  m.id, m.tenant_id as "tenantId", m.direction, m.phone_number_id as "phoneNumberId", m.contact_id as "contactId",
  c.wa_id as "waId", c.user_id as "userId", c.group_id as "groupId", m.recipient_kind as "recipientKind", m.recipient,
  m.state, m.type, m.content, m.wamid, m.error, m.attempts,
  m.due_at as "dueAt", m.pair_reserved as "pairReserved", m.at, m.send_at as "sendAt", m.expires_at as "expiresAt",
  m.sent_at as "sentAt", m.updated_at as "updatedAt", m.priority, m.on_unknown as "onUnknown", m.metadata,
  m.resend_of as "resendOf"`

/** A row of `recordColumns`. */
export type RecordRow = Omit<MessageRecord, 'contact' | 'priority'> & MessageRecord['contact'] & { priority: number }

export function recordOf({ waId, userId, groupId, priority, ...row }: RecordRow): MessageRecord {
  return { ...row, contact: { waId, userId, groupId }, priority: priorities[priority] ?? 'normal' }
}

/** A tenant's message; undefined where it has none such. */
export async function findRecord(db: Db, tenantId: string, id: string): Promise<MessageRecord | undefined> {
  const { rows } = await sql<RecordRow>`
    select ${recordColumns} from messages m join contacts c on c.tenant_id = m.tenant_id and c.id = m.contact_id
    where m.tenant_id = ${tenantId} and m.id = ${id}`.execute(db)
  return rows.map(recordOf)[0]
}
