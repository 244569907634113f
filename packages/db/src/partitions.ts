import { sql } from 'kysely'
import { type Db } from './schema.ts'

/** Days made ahead of today, so that a stopped housekeeper has a week to be noticed; the default partitions catch the rest. */
const daysAhead = 7

/** Makes the daily partitions of the inbox and the event log that do not exist yet. */
export async function ensurePartitions(db: Db): Promise<void> {
  await sql`select ensure_partitions(${daysAhead})`.execute(db)
}
