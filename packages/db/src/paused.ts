import { type MetaError, type PauseScope } from '@wag/contracts'
import { sql } from 'kysely'
import { type Db } from './schema.ts'

/**
 * What is paused. `key` is the number's or the account's id, the SHA-256 of the token in hex, or the template's name; empty
 * for the app.
 */
export type PauseKey = { tenantId: string; scope: PauseScope; key: string }

export type Pause = PauseKey & { reason: string; error: MetaError | null; pausedAt: Date; resumesAt: Date | null }

/** A number as it was when something was posted from it; `tokenHash` in hex. */
export type RefusedNumber = { tenantId: string; id: string; wabaId: string | null; tokenHash: string | null }

/**
 * What must be paused where an error of Meta's reaches this far; undefined for a template's error of a message without a
 * template. Of what is not known, the account say, only the number itself can be stopped.
 */
export function pauseKeyOf(scope: PauseScope, number: RefusedNumber, template?: string | null): PauseKey | undefined {
  const { tenantId, id, wabaId, tokenHash } = number
  if (scope === 'template') return typeof template === 'string' ? { tenantId, scope, key: template } : undefined
  if (scope === 'app') return { tenantId, scope, key: '' }
  if (scope === 'token' && tokenHash !== null) return { tenantId, scope, key: tokenHash }
  if (scope === 'waba' && wabaId !== null) return { tenantId, scope, key: wabaId }
  return { tenantId, scope: 'number', key: id }
}

/** Whether the pause `p` stops the number `n` of phone_numbers. */
export const stopsNumber = sql<boolean>`(p.tenant_id = n.tenant_id and case p.scope
  when 'number' then p.key = n.id
  when 'waba' then p.key = n.waba_id
  when 'token' then p.key = encode(n.token_hash, 'hex')
  when 'app' then true
end)`

/** Whether anything stops the number `n` of phone_numbers. */
export const isPaused = sql<boolean>`exists (select from pauses p where ${stopsNumber})`

/** What is read of the pause `p`. */
export const pauseColumns = sql`p.tenant_id as "tenantId", p.scope, p.key, p.reason, p.error, p.paused_at as "pausedAt",
  p.resumes_at as "resumesAt"`

/** All pauses, or those of one tenant. */
export async function listPauses(db: Db, tenantId?: string): Promise<Pause[]> {
  const { rows } = await sql<Pause>`
    select ${pauseColumns} from pauses p
    where ${tenantId ?? null}::uuid is null or p.tenant_id = ${tenantId ?? null}
    order by p.tenant_id, p.paused_at, p.scope, p.key`.execute(db)
  return rows
}

/** The pauses that stop each of these numbers of a tenant, the widest first. */
export async function pausesOf(db: Db, tenantId: string, numberIds: string[]): Promise<Map<string, Pause[]>> {
  const { rows } = await sql<Pause & { numberId: string }>`
    select n.id as "numberId", ${pauseColumns} from pauses p join phone_numbers n on ${stopsNumber}
    where n.tenant_id = ${tenantId} and n.id = any(${numberIds}::text[])
    order by array_position(array['app', 'token', 'waba', 'number'], p.scope)`.execute(db)
  return Map.groupBy(rows, ({ numberId }) => numberId)
}

/** The numbers that a pause stops; none for a template. */
export async function numbersIn(db: Db, { tenantId, scope, key }: PauseKey): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select n.id from phone_numbers n, (values (${tenantId}::uuid, ${scope}::text, ${key}::text)) as p (tenant_id, scope, key)
    where ${stopsNumber} order by n.id`.execute(db)
  return rows.map(({ id }) => id)
}
