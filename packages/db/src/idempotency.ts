import { sql } from 'kysely'
import { type Db } from './schema.ts'

/** A caller's key for a request, and what tells this request's body from another's (SHA-256). */
export type IdempotencyKey = { key: string; fingerprint: Buffer }

type Keyed = { tenantId: string; idempotency?: IdempotencyKey | undefined }

/** What the first request with a key was, and what it is answered from. */
export type FirstAnswer = { fingerprint: Buffer; answer: unknown }

/** The name under which `findAnswers` returns a request's first answer. Keys are their tenant's own. */
export function keyOf({ tenantId, idempotency }: Keyed): string {
  return `${tenantId} ${idempotency?.key ?? ''}`
}

/** The first answers of those requests whose keys have been used before. */
export async function findAnswers(db: Db, requests: Keyed[]): Promise<Map<string, FirstAnswer>> {
  if (requests.length === 0) return new Map()
  const { rows } = await sql<FirstAnswer & { tenantId: string; key: string }>`
    select tenant_id as "tenantId", key, fingerprint, answer from idempotency_keys
    where (tenant_id, key) in (
      select * from unnest(
        ${requests.map(({ tenantId }) => tenantId)}::uuid[],
        ${requests.map(({ idempotency }) => idempotency?.key ?? '')}::text[]))`.execute(db)
  return new Map(rows.map(({ tenantId, key, ...first }) => [`${tenantId} ${key}`, first]))
}
