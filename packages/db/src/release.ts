import { sql } from 'kysely'
import { type Db } from './schema.ts'

/** Messages made due by one statement: it must end well within the time a statement may take. */
const batchMax = 5_000

/**
 * Makes due what was put back until the end of a template's pause, when that has ended before its time. What has a place
 * of its own in the recipient's pace keeps it.
 */
export async function releaseTemplate(db: Db, tenantId: string, name: string): Promise<void> {
  for (;;) {
    const { numAffectedRows } = await sql`
      update messages m set due_at = clock_timestamp(), updated_at = now()
      where m.id in (
        select w.id from phone_numbers n join messages w on w.phone_number_id = n.id
        where n.tenant_id = ${tenantId} and w.claim is null and w.due_at > statement_timestamp()
          and w.state = 'queued' and w.type = 'template' and not w.pair_reserved
          and w.content -> 'template' ->> 'name' = ${name}
        limit ${batchMax} for update of w skip locked
      )`.execute(db)
    if (Number(numAffectedRows ?? 0) < batchMax) return
  }
}
