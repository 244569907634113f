import { type MigrationProvider, Migrator } from 'kysely/migration'
import { connect } from './connect.ts'
import * as ledger from './migrations/0001-ledger.ts'
import * as realtimeTokens from './migrations/0002-realtime-tokens.ts'
import * as sending from './migrations/0003-sending.ts'
import * as mediaUploads from './migrations/0005-media-uploads.ts'
import * as media from './migrations/0006-media.ts'
import * as receiving from './migrations/0007-receiving.ts'
import * as inbox from './migrations/0009-inbox.ts'
import * as keeping from './migrations/0010-keeping.ts'
import * as contactKeys from './migrations/0011-contact-keys.ts'
import { ensurePartitions } from './partitions.ts'

const provider: MigrationProvider = {
  async getMigrations() {
    return {
      '0001-ledger': ledger,
      '0002-realtime-tokens': realtimeTokens,
      '0003-sending': sending,
      '0005-media-uploads': mediaUploads,
      '0006-media': media,
      '0007-receiving': receiving,
      '0009-inbox': inbox,
      '0010-keeping': keeping,
      '0011-contact-keys': contactKeys
    }
  }
}

/**
 * Brings the database at `url` to the newest schema and makes the partitions of the coming days. Safe to run from
 * several processes at once (Kysely's migrator takes a lock). Returns the names of what it applied; throws the
 * migration's own error, with nothing of that migration kept.
 */
export async function migrate({ url }: { url: string }): Promise<string[]> {
  const db = connect({ url, poolMax: 2, applicationName: 'migrate', timeoutMs: 60_000 })
  try {
    const { error, results } = await new Migrator({ db, provider }).migrateToLatest()
    if (error !== undefined) throw error
    await ensurePartitions(db)
    return (results ?? []).filter((result) => result.status === 'Success').map((result) => result.migrationName)
  } finally {
    await db.destroy()
  }
}
