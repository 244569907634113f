import { createHash } from 'node:crypto'
import { createId } from '@wag/contracts'
import { sql } from 'kysely'
import { type Db } from './schema.ts'

/** Who a request comes from. `phoneNumberId` is the tenant's default number, where it has one. */
export type Principal = { keyId: string; tenantId: string; scopes: string[]; phoneNumberId: string | null }

/** The name of the key that the environment sets; there is one, and setting another replaces it. */
const bootstrapName = 'bootstrap'

/** SHA-256: enough for keys that are random, and fast enough for every request. */
function hashKey(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}

/** Makes `key` the tenant's bootstrap admin key; the one before it is revoked. */
export async function saveBootstrapKey(db: Db, tenantId: string, key: string): Promise<void> {
  const hash = hashKey(key)
  await db.transaction().execute(async (trx) => {
    await sql`
      update api_keys set revoked_at = now()
      where tenant_id = ${tenantId} and name = ${bootstrapName} and hash <> ${hash} and revoked_at is null`.execute(trx)
    await sql`
      insert into api_keys (tenant_id, id, name, hash, scopes)
      values (${tenantId}, ${createId()}, ${bootstrapName}, ${hash}, ${['admin']}::text[])
      on conflict (hash) do update set revoked_at = null
      where api_keys.tenant_id = excluded.tenant_id and api_keys.name = ${bootstrapName}`.execute(trx)
  })
}

/** Whose key this is; undefined for a key that is unknown or revoked. Only its hash reaches the database. */
export async function findPrincipal(db: Db, key: string): Promise<Principal | undefined> {
  const { rows } = await sql<Principal>`
    select k.id as "keyId", k.tenant_id as "tenantId", k.scopes, n.id as "phoneNumberId"
    from api_keys k left join phone_numbers n on n.tenant_id = k.tenant_id and n.is_default
    where k.hash = ${hashKey(key)} and k.revoked_at is null`.execute(db)
  return rows[0]
}

/** Revokes a tenant's key; false where it has none such. */
export async function revokeKey(db: Db, tenantId: string, id: string): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    update api_keys set revoked_at = now()
    where tenant_id = ${tenantId} and id = ${id} and revoked_at is null`.execute(db)
  return numAffectedRows > 0n
}
