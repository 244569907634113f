import { sql } from 'kysely'
import { type Db } from './schema.ts'

/**
 * Proves that the ledger takes writes: commits a transaction with a real one in it. A read alone stays green on a full
 * disk or a standby.
 */
export async function checkLedger(db: Db): Promise<void> {
  await sql`
    insert into heartbeats (name, at) values (current_setting('application_name'), now())
    on conflict (name) do update set at = excluded.at`.execute(db)
}
