import { type MessageState, type MetaError } from '@wag/contracts'
import { sql } from 'kysely'
import { type Db } from './schema.ts'

/** A message of either direction as lists show it. */
export type Message = {
  id: string
  direction: 'in' | 'out'
  contactId: number
  type: string
  content: Record<string, unknown>
  state: MessageState
  wamid: string | null
  error: MetaError | null
  at: Date
}

/** Where a page of a conversation begins: after this message. */
export type MessageCursor = { at: Date; id: string }

/** Up to `limit` messages of a contact, both directions, oldest first. */
export async function listMessages(
  db: Db,
  tenantId: string,
  contactId: number,
  after: MessageCursor | undefined,
  limit: number
): Promise<Message[]> {
  let query = messageRows(db, tenantId).where('contact_id', '=', contactId)
  if (after) query = query.where(sql<boolean>`(at, id) > (${after.at}, ${after.id})`)
  const rows = await query.orderBy('at').orderBy('id').limit(limit).execute()
  return rows.map(messageOf)
}

/** A tenant's messages by id, in no order; those it has not are left out. */
export async function findMessages(db: Db, tenantId: string, ids: string[]): Promise<Message[]> {
  const rows = await messageRows(db, tenantId).where(sql<boolean>`id = any(${ids}::uuid[])`).execute()
  return rows.map(messageOf)
}

function messageRows(db: Db, tenantId: string) {
  return db
    .selectFrom('messages')
    .select(['id', 'direction', 'contact_id', 'type', 'content', 'state', 'wamid', 'error', 'at'])
    .where('tenant_id', '=', tenantId)
}

function messageOf(row: Awaited<ReturnType<ReturnType<typeof messageRows>['execute']>>[number]): Message {
  return {
    id: row.id,
    direction: row.direction,
    contactId: row.contact_id,
    type: row.type,
    content: row.content,
    state: row.state,
    wamid: row.wamid,
    error: row.error,
    at: row.at
  }
}
