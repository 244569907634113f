import { sql } from 'kysely'
import { type Db } from './schema.ts'

/**
 * Gives back whatever was won under these claims, for a claimant that did not hear what it won: nothing was posted under
 * them. Returns how many messages that were.
 */
export async function releaseClaims(db: Db, claims: string[]): Promise<number> {
  const { numAffectedRows } = await sql`
    update messages
    set state = 'queued', claim = null, attempts = attempts - 1, due_at = now(), updated_at = now()
    where claim is not null and due_at is not null and claim = any(${claims}::uuid[]) and state in ('sending', 'unknown')
  `.execute(db)
  return Number(numAffectedRows ?? 0)
}
