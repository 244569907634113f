import { type MetaError } from '@wag/contracts'
import { sql } from 'kysely'
import { recordAttempts } from './attempts.ts'
import { appendEvents } from './events.ts'
import { type HeldMessage, type Recorded } from './outcomes.ts'
import { isPaused } from './paused.ts'
import { type Db } from './schema.ts'
import { headColumns } from './state.ts'
import { applySteps, type UnknownWaits } from './steps.ts'

/** A number with something to send: how long the longest waiting message has been due; negative until it is. */
export type DueNumber = { phoneNumberId: string; overdueMs: number }

/**
 * Every number with a message that is due within `horizonMs`, and may be sent from. Costs a few index probes for every
 * number that has anything waiting, and nothing for the others.
 */
export async function dueNumbers(db: Db, horizonMs: number): Promise<DueNumber[]> {
  const { rows } = await sql<DueNumber>`
    with recursive waiting as (
      (select m.phone_number_id as id from messages m where m.claim is null and m.due_at is not null
       order by m.phone_number_id limit 1)
      union all
      select (
        select m.phone_number_id from messages m
        where m.claim is null and m.due_at is not null and m.phone_number_id > w.id
        order by m.phone_number_id limit 1
      ) from waiting w where w.id is not null
    )
    select w.id as "phoneNumberId",
      (extract(epoch from statement_timestamp() - min(d.due_at)) * 1000)::float8 as "overdueMs"
    from waiting w join phone_numbers n on n.id = w.id
    cross join (values (0::smallint), (1::smallint), (2::smallint)) as p (priority)
    cross join lateral (
      select m.due_at from messages m
      where m.phone_number_id = w.id and m.priority = p.priority and m.claim is null
        and m.due_at <= statement_timestamp() + ${horizonMs} * interval '1 millisecond'
      order by m.due_at limit 1
    ) d
    where n.access_token is not null and not ${isPaused}
    group by w.id`.execute(db)
  return rows
}

/** The error of a message whose claim ran out: its sender ended between the claim and the record. */
const claimLost: MetaError = { message: 'The sender stopped before it could record what Meta answered.' }

const nothing: Recorded = { ends: [], settledIds: [] }

/**
 * Turns messages whose claim has run out from `sending` to `unknown`: the POST may or may not have reached Meta, so
 * nobody may repeat it. A status webhook, or the late claimant itself, settles it.
 */
export async function expireClaims(db: Db, limit: number, waits?: UnknownWaits): Promise<Recorded> {
  const isOver = sql`m.claim is not null and m.due_at <= now() and m.state = 'sending'`
  // Nearly always there is none: then one statement must do, an idle system asks every second.
  const { rows: some } = await sql`select 1 from messages m where ${isOver} limit 1`.execute(db)
  if (some.length === 0) return nothing
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<HeldMessage>`
      select ${headColumns}, m.attempts from messages m where ${isOver}
      order by m.id limit ${limit} for update skip locked`.execute(trx)
    await recordAttempts(
      trx,
      rows.map((message) => ({ message, outcome: 'unknown', error: claimLost }))
    )
    const steps = [{ state: 'unknown' as const, error: claimLost }]
    const events = await applySteps(
      trx,
      rows.map((message) => ({ message, steps })),
      waits
    )
    return { ends: await appendEvents(trx, events), settledIds: rows.map(({ id }) => id) }
  })
}

/** Ends messages that nobody holds and whose time has run out: they become `expired`. */
export async function expireMessages(db: Db, limit: number): Promise<Recorded> {
  const isOver = sql`m.claim is null and m.due_at is not null and m.expires_at <= now()
    and m.state in ('scheduled', 'queued')`
  const { rows: some } = await sql`select 1 from messages m where ${isOver} limit 1`.execute(db)
  if (some.length === 0) return nothing
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<HeldMessage>`
      select ${headColumns}, m.attempts from messages m where ${isOver}
      order by m.expires_at limit ${limit} for update skip locked`.execute(trx)
    const learned = rows.map((message) => ({ message, steps: [{ state: 'expired' as const }] }))
    const events = await applySteps(trx, learned)
    return { ends: await appendEvents(trx, events), settledIds: rows.map(({ id }) => id) }
  })
}
