import { sql } from 'kysely'
import { type Db } from './schema.ts'

/** For as long as Meta may repeat a webhook, the same thing is one thing (Meta documents 7 days). */
const repeatDays = 8

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

/** Forgets what Meta no longer repeats. */
export async function forgetNotices(db: Db): Promise<void> {
  await sql`delete from notices where at < now() - ${repeatDays} * interval '1 day'`.execute(db)
}
