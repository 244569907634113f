import { sql } from 'kysely'
import { type Db } from './schema.ts'

/** A message a customer wrote, ready to be stored. */
export type ReceivedMessage = {
  id: string
  tenantId: string
  phoneNumberId: string
  contactId: number
  wamid: string
  type: string
  content: Record<string, unknown>
  at: Date
  /** Of a reaction, an edit or a revocation: the message it is about. */
  targetWamid?: string | undefined
}

/** Stores what is not stored yet, by wamid, and returns the ids of what was new. */
export async function storeReceived(trx: Db, messages: ReceivedMessage[]): Promise<Set<string>> {
  if (messages.length === 0) return new Set()
  // Sorted, so that two batches with the same messages wait for each other instead of deadlocking.
  const sorted = messages.toSorted((a, b) => Number(a.wamid > b.wamid) - Number(a.wamid < b.wamid))
  const column = <T>(pick: (message: ReceivedMessage) => T): T[] => sorted.map(pick)
  const { rows } = await sql<{ id: string }>`
    insert into messages
      (tenant_id, id, direction, phone_number_id, contact_id, wamid, state, type, content, at, target_wamid)
    select tenant_id, id, 'in', phone_number_id, contact_id, wamid, 'received', type, content, at, target_wamid
    from unnest(
      ${column((m) => m.tenantId)}::uuid[],
      ${column((m) => m.id)}::uuid[],
      ${column((m) => m.phoneNumberId)}::text[],
      ${column((m) => m.contactId)}::bigint[],
      ${column((m) => m.wamid)}::text[],
      ${column((m) => m.type)}::text[],
      ${column((m) => JSON.stringify(m.content))}::json[],
      ${column((m) => m.at)}::timestamptz[],
      ${column((m) => m.targetWamid ?? null)}::text[]
    ) as i (tenant_id, id, phone_number_id, contact_id, wamid, type, content, at, target_wamid)
    on conflict (tenant_id, wamid) where direction = 'in' do nothing
    returning id`.execute(trx)
  return new Set(rows.map((row) => row.id))
}
