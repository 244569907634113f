import { createHash } from 'node:crypto'
import { type Subscription } from '@wag/contracts'
import { sql } from 'kysely'
import { type Db } from './schema.ts'

/** Who holds a realtime token, and what they may listen to. */
export type TokenHolder = {
  tokenId: string
  keyId: string
  tenantId: string
  subscriptions: Subscription[]
  expiresAt: Date
}

export type NewToken = Omit<TokenHolder, 'expiresAt'> & { token: string; ttlS: number }

function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** Keeps a token's hash; returns when it expires. Expired ones of the tenant are removed on the way. */
export async function saveRealtimeToken(db: Db, token: NewToken): Promise<Date> {
  await sql`
    delete from realtime_tokens
    where tenant_id = ${token.tenantId} and expires_at < now() - interval '1 day'`.execute(db)
  const { rows } = await sql<{ expires_at: Date }>`
    insert into realtime_tokens (tenant_id, id, key_id, hash, subscriptions, expires_at)
    values (${token.tenantId}, ${token.tokenId}, ${token.keyId}, ${hashToken(token.token)},
      ${JSON.stringify(token.subscriptions)}, now() + ${token.ttlS} * interval '1 second')
    returning expires_at`.execute(db)
  return rows[0]?.expires_at ?? new Date(0)
}

/** Whose token this is; undefined when it is unknown, expired or revoked, or its key is revoked. */
export async function findTokenHolder(db: Db, token: string): Promise<TokenHolder | undefined> {
  const { rows } = await sql<TokenHolder>`
    select t.id as "tokenId", t.key_id as "keyId", t.tenant_id as "tenantId", t.subscriptions,
      t.expires_at as "expiresAt"
    from realtime_tokens t join api_keys k on k.id = t.key_id and k.revoked_at is null
    where t.hash = ${hashToken(token)} and t.revoked_at is null and t.expires_at > now()`.execute(db)
  return rows[0]
}

/** Revokes a tenant's token; false where it has none such. */
export async function revokeRealtimeToken(db: Db, tenantId: string, id: string): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    update realtime_tokens set revoked_at = now()
    where tenant_id = ${tenantId} and id = ${id} and revoked_at is null`.execute(db)
  return numAffectedRows > 0n
}

/** Which of these API keys and tokens are still good, by id. */
export async function findValid(db: Db, keyIds: string[], tokenIds: string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select id from api_keys where id = any(${keyIds}::uuid[]) and revoked_at is null
    union all
    select t.id from realtime_tokens t join api_keys k on k.id = t.key_id and k.revoked_at is null
    where t.id = any(${tokenIds}::uuid[]) and t.revoked_at is null and t.expires_at > now()`.execute(db)
  return new Set(rows.map(({ id }) => id))
}
