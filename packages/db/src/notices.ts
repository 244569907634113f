import { sql } from 'kysely'
import { type Db } from './schema.ts'

/**
 * For so long the same thing is one thing: longer than Meta repeats webhooks (7 days, it says), and than raw webhooks
 * are usually kept, so that a replay tells of nothing twice.
 */
const repeatDays = 30

/**
 * Which of these hashes are told of for the first time, and notes that they have been. Each is SHA-256 of what there is to
 * tell.
 */
export async function findNew(trx: Db, tenantId: string, hashes: Buffer[]): Promise<Set<string>> {
  if (hashes.length === 0) return new Set()
  const unique = [...new Map(hashes.map((hash) => [hash.toString('hex'), hash]))].sort(([a], [b]) => (a < b ? -1 : 1))
  const { rows } = await sql<{ hash: Buffer }>`
    insert into notices (tenant_id, hash)
    select ${tenantId}, * from unnest(${unique.map(([, hash]) => hash)}::bytea[])
    on conflict (tenant_id, hash) do update set at = now()
    where notices.at < now() - ${repeatDays} * interval '1 day'
    returning hash`.execute(trx)
  return new Set(rows.map(({ hash }) => hash.toString('hex')))
}

/** Forgets what nobody repeats any more. */
export async function forgetNotices(db: Db): Promise<void> {
  await sql`delete from notices where at < now() - ${repeatDays} * interval '1 day'`.execute(db)
}
