import { type MetaError } from '@wag/contracts'
import { sql } from 'kysely'
import { appendEvents } from './events.ts'
import { type Recorded } from './outcomes.ts'
import { type Db } from './schema.ts'
import { type MessageHead } from './state.ts'
import { applySteps } from './steps.ts'

/** A message whose bell may have been lost. */
export type DueMessage = { messageId: string; attempts: number; overdueMs: number }

/** The oldest messages of a number that have been due for at least `overdueMs` and are still `queued`. */
export async function dueMessages(
  db: Db,
  phoneNumberId: string,
  overdueMs: number,
  limit: number
): Promise<DueMessage[]> {
  const { rows } = await sql<DueMessage>`
    select id as "messageId", attempts, (extract(epoch from now() - due_at) * 1000)::float8 as "overdueMs"
    from messages
    where phone_number_id = ${phoneNumberId} and state = 'queued'
      and due_at <= now() - ${overdueMs} * interval '1 millisecond'
    order by due_at limit ${limit}`.execute(db)
  return rows
}

/** The error of a message whose claim ran out: its sender ended between the claim and the record. */
const claimLost: MetaError = { message: 'The sender stopped before it could record what Meta answered.' }

/**
 * Turns messages whose claim has run out from `sending` to `unknown`: the POST may or may not have reached Meta, so
 * nobody may repeat it. A status webhook, or the late claimant itself, settles it.
 */
export async function expireClaims(db: Db, limit: number): Promise<Recorded> {
  // Nearly always there is none: then one statement must do, an idle system asks every second.
  const { rows: some } = await sql`
    select 1 from messages where claim is not null and due_at <= now() and state = 'sending' limit 1`.execute(db)
  if (some.length === 0) return { ends: [], settledIds: [] }
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<MessageHead>`
      select tenant_id as "tenantId", id, contact_id as "contactId", phone_number_id as "phoneNumberId", state, wamid
      from messages
      where claim is not null and due_at <= now() and state = 'sending'
      order by id limit ${limit} for update skip locked`.execute(trx)
    const steps = [{ state: 'unknown' as const, error: claimLost }]
    const events = await applySteps(
      trx,
      rows.map((message) => ({ message, steps }))
    )
    return { ends: await appendEvents(trx, events), settledIds: rows.map(({ id }) => id) }
  })
}
