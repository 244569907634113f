import { sql } from 'kysely'
import { type Db } from './schema.ts'

/** A customer. `waId` is the phone number in digits; a customer known by user id alone has none. */
export type Contact = { id: number; waId: string | null; userId: string | null; profileName: string }

/** What a webhook tells of a customer; at least one of the two ids is there. */
export type Profile = { waId?: string; userId?: string; name?: string; at: Date }

/** The key under which `upsertContacts` returns the id of a profile's contact. */
export function profileKey(profile: { waId?: string | undefined; userId?: string | undefined }): string {
  return profile.waId ? `wa:${profile.waId}` : `user:${profile.userId ?? ''}`
}

type Row = { id: number; wa_id: string | null; user_id: string | null; profile_name: string; profile_at: Date | null }

/**
 * Makes sure that every profile has its contact, and that each contact's name is that of its newest profile. Returns
 * contact ids by `profileKey`.
 */
export async function upsertContacts(trx: Db, tenantId: string, profiles: Profile[]): Promise<Map<string, number>> {
  const newest = newestByKey(profiles)
  const known = await findContacts(trx, tenantId, [...newest.values()])
  const missing = [...newest.values()].filter((profile) => !known.has(profileKey(profile)))
  for (const row of await insertContacts(trx, tenantId, missing)) addRow(known, row)
  const changed = [...newest].flatMap(([key, profile]) => {
    const row = known.get(key)
    const isNewer = row && profile.name !== undefined && (!row.profile_at || profile.at > row.profile_at)
    return isNewer ? [{ id: row.id, name: profile.name ?? '', at: profile.at }] : []
  })
  await renameContacts(trx, changed)
  return new Map([...known].map(([key, row]) => [key, row.id]))
}

function newestByKey(profiles: Profile[]): Map<string, Profile> {
  const newest = new Map<string, Profile>()
  for (const profile of profiles) {
    const key = profileKey(profile)
    const before = newest.get(key)
    const isNewer = !before?.name || (profile.name !== undefined && profile.at >= before.at)
    if (!before || isNewer) newest.set(key, { ...before, ...profile })
  }
  return newest
}

function addRow(found: Map<string, Row>, row: Row): void {
  if (row.wa_id) found.set(`wa:${row.wa_id}`, row)
  if (row.user_id) found.set(`user:${row.user_id}`, row)
}

async function findContacts(trx: Db, tenantId: string, profiles: Profile[]): Promise<Map<string, Row>> {
  const found = new Map<string, Row>()
  if (profiles.length === 0) return found
  const { rows } = await sql<Row>`
    select id, wa_id, user_id, profile_name, profile_at from contacts
    where tenant_id = ${tenantId} and (
      wa_id = any(${profiles.flatMap((p) => p.waId ?? [])}::text[])
      or user_id = any(${profiles.flatMap((p) => (p.waId ? [] : (p.userId ?? [])))}::text[]))`.execute(trx)
  for (const row of rows) addRow(found, row)
  return found
}

async function insertContacts(trx: Db, tenantId: string, profiles: Profile[]): Promise<Row[]> {
  const sorted = [...profiles].sort((a, b) => (profileKey(a) < profileKey(b) ? -1 : 1))
  const byNumber = sorted.filter((profile) => profile.waId !== undefined)
  const byUser = sorted.filter((profile) => profile.waId === undefined)
  return [
    ...(await insertBy(trx, tenantId, byNumber, sql`(tenant_id, wa_id) do update set wa_id = excluded.wa_id`)),
    ...(await insertBy(trx, tenantId, byUser, sql`(tenant_id, user_id) do update set user_id = excluded.user_id`))
  ]
}

async function insertBy(
  trx: Db,
  tenantId: string,
  profiles: Profile[],
  conflict: ReturnType<typeof sql>
): Promise<Row[]> {
  if (profiles.length === 0) return []
  const { rows } = await sql<Row>`
    insert into contacts (tenant_id, wa_id, user_id)
    select ${tenantId}, * from unnest(
      ${profiles.map((p) => p.waId ?? null)}::text[],
      ${profiles.map((p) => (p.waId ? null : (p.userId ?? null)))}::text[])
    on conflict ${conflict}
    returning id, wa_id, user_id, profile_name, profile_at`.execute(trx)
  return rows
}

async function renameContacts(trx: Db, changed: { id: number; name: string; at: Date }[]): Promise<void> {
  if (changed.length === 0) return
  const sorted = [...changed].sort((a, b) => a.id - b.id)
  await sql`
    update contacts c set profile_name = i.name, profile_at = i.at
    from unnest(
      ${sorted.map((c) => c.id)}::bigint[],
      ${sorted.map((c) => c.name)}::text[],
      ${sorted.map((c) => c.at)}::timestamptz[]) as i (id, name, at)
    where c.id = i.id and (c.profile_at is null or c.profile_at <= i.at)`.execute(trx)
}

/** A tenant's contact by the number the routes take; undefined where the tenant has none such. */
export async function findContact(db: Db, tenantId: string, id: number): Promise<Contact | undefined> {
  const rows = await contactRows(db, tenantId).where('id', '=', id).execute()
  return rows.map(contactOf)[0]
}

/** Up to `limit` of a tenant's contacts after `after`, by id. */
export async function listContacts(db: Db, tenantId: string, after: number, limit: number): Promise<Contact[]> {
  const rows = await contactRows(db, tenantId).where('id', '>', after).orderBy('id').limit(limit).execute()
  return rows.map(contactOf)
}

function contactRows(db: Db, tenantId: string) {
  return db.selectFrom('contacts').select(['id', 'wa_id', 'user_id', 'profile_name']).where('tenant_id', '=', tenantId)
}

function contactOf(row: { id: number; wa_id: string | null; user_id: string | null; profile_name: string }): Contact {
  return { id: row.id, waId: row.wa_id, userId: row.user_id, profileName: row.profile_name }
}
