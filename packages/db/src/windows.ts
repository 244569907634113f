import { sql } from 'kysely'
import { type Db } from './schema.ts'

/** A customer's message to, or call of, a number: it opens the window. */
export type Opening = { contactId: number; phoneNumberId: string; at: Date }

/** When the window of a contact and a number closes. */
export type Window = { contactId: number; phoneNumberId: string; openUntil: Date }

/** How long a customer may be written to freely after their last message or call (Meta's rule). */
const windowHours = 24

/** Notes that customers wrote or called; an earlier time than the known one changes nothing. */
export async function openWindows(trx: Db, tenantId: string, openings: Opening[]): Promise<void> {
  const newest = new Map<string, Opening>()
  for (const opening of openings) {
    const key = `${opening.contactId} ${opening.phoneNumberId}`
    const before = newest.get(key)
    if (!before || opening.at > before.at) newest.set(key, opening)
  }
  if (newest.size === 0) return
  // Sorted, so that two batches with the same windows wait for each other instead of deadlocking.
  const sorted = [...newest.values()].sort(
    (a, b) => a.contactId - b.contactId || (a.phoneNumberId < b.phoneNumberId ? -1 : 1)
  )
  await sql`
    insert into windows (tenant_id, contact_id, phone_number_id, last_at)
    select ${tenantId}, * from unnest(
      ${sorted.map((o) => o.contactId)}::bigint[],
      ${sorted.map((o) => o.phoneNumberId)}::text[],
      ${sorted.map((o) => o.at)}::timestamptz[]
    )
    on conflict (tenant_id, contact_id, phone_number_id) do update set last_at = excluded.last_at
    where windows.last_at < excluded.last_at`.execute(trx)
}

/** The windows of these contacts, open and closed ones. */
export async function findWindows(db: Db, tenantId: string, contactIds: number[]): Promise<Window[]> {
  const { rows } = await sql<Window>`
    select contact_id as "contactId", phone_number_id as "phoneNumberId",
      last_at + ${windowHours} * interval '1 hour' as "openUntil"
    from windows
    where tenant_id = ${tenantId} and contact_id = any(${contactIds}::bigint[])
    order by contact_id, phone_number_id`.execute(db)
  return rows
}
