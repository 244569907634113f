import { sql } from 'kysely'
import { appendEvents, type LogEnd } from './events.ts'
import { type Db } from './schema.ts'
import { headColumns, type MessageHead, messageEvent } from './state.ts'

/** What became of messages that nobody has settled: reported, or queued to be sent once more. */
export type Unsettled = { ends: LogEnd[]; reportedIds: string[]; resent: { id: string; phoneNumberId: string }[] }

// When nobody will look again. Not null, which would take the row out of the index by which unknown ones are counted.
const never = sql`timestamptz '9999-01-01'`

/**
 * Deals with messages that have been `unknown` for as long as was to be waited. Those whose caller asked for it
 * (`on_unknown: resend`) are queued for one more POST, once; of the others an event tells, once.
 */
export async function settleUnknowns(db: Db, limit: number): Promise<Unsettled> {
  const isDue = sql`m.claim is not null and m.due_at <= now() and m.state = 'unknown'`
  const { rows: some } = await sql`select 1 from messages m where ${isDue} limit 1`.execute(db)
  if (some.length === 0) return { ends: [], reportedIds: [], resent: [] }
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<MessageHead & { error: { message: string } | null; isResent: boolean }>`
      select ${headColumns}, m.error, m.on_unknown = 'resend' and coalesce(m.expires_at > now(), true) and (
        select count(*) from attempts a where a.message_id = m.id and a.outcome = 'unknown') < 2 as "isResent"
      from messages m where ${isDue}
      order by m.id limit ${limit} for update skip locked`.execute(trx)
    const resent = rows.filter(({ isResent }) => isResent)
    const reported = rows.filter(({ isResent }) => !isResent)
    await sql`
      update messages set state = 'queued', claim = null, due_at = clock_timestamp(), updated_at = now()
      where id = any(${resent.map(({ id }) => id)}::uuid[])`.execute(trx)
    await sql`
      update messages set due_at = ${never} where id = any(${reported.map(({ id }) => id)}::uuid[])`.execute(trx)
    const events = reported.map((row) => messageEvent(row, 'message.unsettled', row.error ?? undefined))
    return {
      ends: await appendEvents(trx, events),
      reportedIds: reported.map(({ id }) => id),
      resent: resent.map(({ id, phoneNumberId }) => ({ id, phoneNumberId }))
    }
  })
}

/** How many messages are `unknown` now, counted up to `max`. */
export async function countUnknowns(db: Db, max: number): Promise<number> {
  const { rows } = await sql<{ many: number }>`
    select count(*) as many from (
      select from messages m where m.claim is not null and m.due_at is not null and m.state = 'unknown' limit ${max}
    ) as unknown`.execute(db)
  return rows[0]?.many ?? 0
}
