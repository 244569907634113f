import { createId } from '@wag/contracts'
import { sql } from 'kysely'
import { open, seal } from './envelope.ts'
import { type Db } from './schema.ts'
import { hashErased, type Identity } from './traces.ts'

/** An erasure or an export: who asked for it, when, and what it came to. Holds no personal data. */
export type PrivacyRequest = {
  id: string
  kind: 'erasure' | 'export'
  contactId: number
  keyId: string
  requestedAt: Date
  finishedAt: Date | null
  counts: Record<string, number>
}

const columns = sql`id, kind, contact_id as "contactId", key_id as "keyId", requested_at as "requestedAt",
  finished_at as "finishedAt", counts`

/** Up to `limit` of a tenant's requests before the one with the id `before`, newest first. */
export async function listPrivacyRequests(
  db: Db,
  tenantId: string,
  before: string | undefined,
  limit: number
): Promise<PrivacyRequest[]> {
  const isBefore = before === undefined ? sql`true` : sql`id < ${before}`
  const { rows } = await sql<PrivacyRequest>`
    select ${columns} from privacy_requests where tenant_id = ${tenantId} and ${isBefore}
    order by id desc limit ${limit}`.execute(db)
  return rows
}

/** One of a tenant's requests. */
export async function findPrivacyRequest(db: Db, tenantId: string, id: string): Promise<PrivacyRequest | undefined> {
  const { rows } = await sql<PrivacyRequest>`
    select ${columns} from privacy_requests where tenant_id = ${tenantId} and id = ${id}`.execute(db)
  return rows[0]
}

/** Erasures that were begun and are not finished, oldest first. */
export async function openErasures(db: Db): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from privacy_requests where finished_at is null order by requested_at limit 100`.execute(db)
  return rows.map(({ id }) => id)
}

/** Notes that everything about a contact was handed out. */
export async function recordExport(
  db: Db,
  request: { tenantId: string; contactId: number; keyId: string; counts: Record<string, number> }
): Promise<void> {
  await sql`
    insert into privacy_requests (tenant_id, id, kind, contact_id, key_id, finished_at, counts)
    values (${request.tenantId}, ${createId()}, 'export', ${request.contactId}, ${request.keyId}, now(),
      ${JSON.stringify(request.counts)})`.execute(db)
}

/**
 * Begins to erase a contact: takes its ids and its name away, so that from now on nobody is known by them, notes what of
 * them stays (hashes under a key), and leaves the rest to `stepErasure`. Returns the request; the one there is where the
 * contact was erased before; undefined where the tenant has no such contact.
 */
export async function beginErasure(
  db: Db,
  { tenantId, contactId, keyId }: { tenantId: string; contactId: number; keyId: string },
  encryptionKey: string
): Promise<PrivacyRequest | undefined> {
  const id = await db.transaction().execute(async (trx) => {
    const survivor = await lockContact(trx, tenantId, contactId)
    if (survivor === undefined) return undefined
    if (survivor.erased) return findErasure(trx, tenantId, survivor.id)
    const identity = await identityOf(trx, tenantId, survivor.id)
    const requestId = createId()
    const sealed = seal(JSON.stringify(identity), encryptionKey, contextOf(tenantId, requestId))
    // xid: whoever was already at work now has to be waited for.
    await sql`
      insert into privacy_requests (tenant_id, id, kind, contact_id, key_id, step, place, sealed)
      values (${tenantId}, ${requestId}, 'erasure', ${survivor.id}, ${keyId}, 'settle', pg_current_xact_id()::text,
        ${sealed})`.execute(trx)
    await sql`
      insert into erased_persons (tenant_id, hash, erased_at)
      select ${tenantId}, hash, now() from unnest(
        ${identity.values.map((value) => hashErased(encryptionKey, tenantId, value))}::bytea[]) as t (hash)
      order by hash
      on conflict (tenant_id, hash) do update set erased_at = excluded.erased_at`.execute(trx)
    await blankContacts(trx, tenantId, identity.contactIds)
    return requestId
  })
  return id === undefined ? undefined : findPrivacyRequest(db, tenantId, id)
}

/** The identity that an erasure looks for. */
export function openIdentity(
  request: { tenantId: string; id: string; sealed: Buffer },
  encryptionKey: string
): Identity {
  return JSON.parse(open(request.sealed, encryptionKey, contextOf(request.tenantId, request.id))) as Identity
}

function contextOf(tenantId: string, id: string): string {
  return `privacy_request:${tenantId}:${id}`
}

/** The contact that an id leads to now, locked. */
async function lockContact(
  trx: Db,
  tenantId: string,
  contactId: number
): Promise<{ id: number; erased: boolean } | undefined> {
  const { rows } = await sql<{ id: number; erased: boolean }>`
    select c.id, c.erased_at is not null as erased from contacts c
    where c.tenant_id = ${tenantId} and c.id = (
      select coalesce(merged_into, id) from contacts where tenant_id = ${tenantId} and id = ${contactId})
    for update`.execute(trx)
  return rows[0]
}

async function findErasure(trx: Db, tenantId: string, contactId: number): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id from privacy_requests where tenant_id = ${tenantId} and contact_id = ${contactId} and kind = 'erasure'
    order by id desc limit 1`.execute(trx)
  return rows[0]?.id
}

async function identityOf(trx: Db, tenantId: string, contactId: number): Promise<Identity> {
  const { rows } = await sql<{ id: number; values: (string | null)[] }>`
    select id, array[wa_id, user_id, parent_user_id, group_id] as values from contacts
    where tenant_id = ${tenantId} and (id = ${contactId} or merged_into = ${contactId})`.execute(trx)
  // A former number that somebody else has now is theirs.
  const { rows: aliases } = await sql<{ value: string }>`
    select a.value from contact_aliases a
    where a.tenant_id = ${tenantId} and a.contact_id = ${contactId} and not exists (
      select 1 from contacts c where c.tenant_id = a.tenant_id and c.id <> ${contactId}
        and (c.wa_id = a.value or c.user_id = a.value))`.execute(trx)
  const values = [...rows.flatMap((row) => row.values), ...aliases.map(({ value }) => value)]
  return { contactIds: rows.map(({ id }) => id), values: [...new Set(values.filter((value) => value !== null))] }
}

/** Takes everything from contacts but their ids. */
export async function blankContacts(trx: Db, tenantId: string, contactIds: number[]): Promise<void> {
  await sql`delete from contact_aliases where tenant_id = ${tenantId} and contact_id = any(${contactIds}::bigint[])`.execute(
    trx
  )
  await sql`delete from windows where tenant_id = ${tenantId} and contact_id = any(${contactIds}::bigint[])`.execute(
    trx
  )
  await sql`
    update contacts set wa_id = null, wa_id_at = null, user_id = null, user_id_at = null, parent_user_id = null,
      group_id = null, username = null, username_at = null, profile_name = '', profile_at = null,
      opted_out = false, opt_at = null, erased_at = coalesce(erased_at, now())
    where tenant_id = ${tenantId} and id = any(${contactIds}::bigint[])`.execute(trx)
}
