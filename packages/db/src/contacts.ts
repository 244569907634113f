import { sql } from 'kysely'
import { type Db } from './schema.ts'

/** A customer. `waId` is the phone number in digits; a customer known by user id alone has none. */
export type Contact = {
  id: number
  waId: string | null
  userId: string | null
  parentUserId: string | null
  profileName: string
  username: string | null
  /** No marketing: what the customer said last, and when. */
  optedOut: boolean
  optAt: Date | null
  createdAt: Date
}

/** A tenant's contact by the number the routes take; who it became where it was merged; undefined where there is none. */
export async function findContact(db: Db, tenantId: string, id: number): Promise<Contact | undefined> {
  const rows = await contactRows(db, tenantId)
    .where(
      'id',
      '=',
      sql<number>`(select coalesce(c.merged_into, c.id) from contacts c where c.tenant_id = ${tenantId} and c.id = ${id})`
    )
    .execute()
  return rows[0]
}

/** Up to `limit` of a tenant's contacts after `after`, by id; merged ones are left out. */
export function listContacts(db: Db, tenantId: string, after: number, limit: number): Promise<Contact[]> {
  return contactRows(db, tenantId)
    .where('id', '>', after)
    .where('merged_into', 'is', null)
    .orderBy('id')
    .limit(limit)
    .execute()
}

/** The ids under which these contacts were known before they were merged into them. */
export async function findMergedIds(db: Db, tenantId: string, ids: number[]): Promise<Map<number, number[]>> {
  const rows = await db
    .selectFrom('contacts')
    .select(['id', 'merged_into'])
    .where('tenant_id', '=', tenantId)
    .where('merged_into', 'in', ids.length > 0 ? ids : [0])
    .orderBy('id')
    .execute()
  const merged = new Map<number, number[]>()
  for (const { id, merged_into } of rows) {
    merged.set(merged_into ?? 0, [...(merged.get(merged_into ?? 0) ?? []), id])
  }
  return merged
}

function contactRows(db: Db, tenantId: string) {
  return db
    .selectFrom('contacts')
    .select([
      'id',
      'wa_id as waId',
      'user_id as userId',
      'parent_user_id as parentUserId',
      'profile_name as profileName',
      'username',
      'opted_out as optedOut',
      'opt_at as optAt',
      'created_at as createdAt'
    ])
    .where('tenant_id', '=', tenantId)
    .where('erased_at', 'is', null)
}
