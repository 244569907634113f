import { sql } from 'kysely'
import { type Db } from './schema.ts'

/** For how many days bodies and events are kept. */
export type Keep = { inboxDays: number; eventDays: number }

/** Rows that one statement deletes at most. */
const chunkMax = 1_000
/** Dropping a day waits for every reader of the table, and every writer would wait behind it. */
const lockTimeoutMs = 500

/** Still to be worked on by somebody: such bodies are never dropped. */
const isOpen = sql`(processed_at is null or exists (select 1 from quarantine q where q.inbox_id = i.id))`

/**
 * Drops whole days of the inbox and of the event log that are older than they are to be kept, and returns the names of
 * what is gone. A body that has not been processed, or that something in quarantine came in, is kept beyond its day.
 */
export async function dropOldDays(db: Db, { inboxDays, eventDays }: Keep): Promise<string[]> {
  const { rows } = await sql<{ name: string; parent: string }>`
    select child.relname as name, parent.relname as parent
    from pg_inherits join pg_class child on child.oid = inhrelid join pg_class parent on parent.oid = inhparent
    where parent.relnamespace = current_schema()::regnamespace and parent.relname in ('inbox', 'events')
      and child.relname ~ '_\\d{4}_\\d\\d_\\d\\d$'
      and to_date(right(child.relname, 10), 'YYYY_MM_DD') + 1
        + case parent.relname when 'inbox' then ${inboxDays}::integer else ${eventDays}::integer end
        <= (now() at time zone 'UTC')::date
    order by child.relname`.execute(db)
  for (const { name, parent } of rows) {
    if (parent === 'inbox') await dropInboxDay(db, name)
    else await sql`drop table ${sql.id(name)}`.execute(db)
  }
  return rows.map(({ name }) => name)
}

async function dropInboxDay(db: Db, name: string): Promise<void> {
  const day = sql.id(name)
  await db.transaction().execute(async (trx) => {
    await sql`select set_config('lock_timeout', ${`${lockTimeoutMs}ms`}, true)`.execute(trx)
    // Nobody changes the rows between their copy and their going: an erased body must not come back.
    await sql`lock table ${day} in share row exclusive mode`.execute(trx)
    await sql`create temporary table kept on commit drop as select * from ${day} i where ${isOpen}`.execute(trx)
    await sql`drop table ${day}`.execute(trx)
    // They have no day any more, and so find their place in the default partition.
    await sql`insert into inbox select * from kept`.execute(trx)
  })
}

/** Days for which a repeated request gets its first answer: a promise to callers, so no setting. */
const idempotencyDays = 7

/**
 * Deletes what is too old and stands in no day of its own: bodies and events in the default partitions, and what nobody
 * has taken out of quarantine for as long as events are kept. A piece at a time; false when there is more.
 */
export async function deleteOldRows(db: Db, { inboxDays, eventDays }: Keep): Promise<boolean> {
  const before = (days: number) => sql`now() - ${days} * interval '1 day'`
  const deleted = [
    await sql`
      delete from quarantine where id in (
        select id from quarantine where created_at < ${before(eventDays)} limit ${chunkMax})`.execute(db),
    await sql`
      delete from inbox_default where id in (
        select id from inbox_default i where received_at < ${before(inboxDays)} and not ${isOpen} limit ${chunkMax}
      )`.execute(db),
    await sql`
      delete from events_default where (tenant_id, seq) in (
        select tenant_id, seq from events_default where at < ${before(eventDays)} limit ${chunkMax})`.execute(db),
    await sql`
      delete from idempotency_keys where (tenant_id, key) in (
        select tenant_id, key from idempotency_keys where created_at < ${before(idempotencyDays)} limit ${chunkMax}
      )`.execute(db)
  ]
  return deleted.every(({ numAffectedRows = 0n }) => numAffectedRows < chunkMax)
}
