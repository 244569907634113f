import { type MetaError } from '@wag/contracts'
import { sql } from 'kysely'
import { appendEvents, type LogEnd } from './events.ts'
import { joinParked } from './parked.ts'
import { type Db } from './schema.ts'
import { type MessageHead } from './state.ts'
import { applySteps, type Learned } from './steps.ts'

/** What a claimant learned from its one POST, or from not making it. */
export type Outcome = { messageId: string; claim: string } & (
  | { kind: 'sent'; wamid: string }
  | { kind: 'failed' | 'unknown'; error: MetaError }
  /** Meta certainly made nothing of it: it may be sent again after `delayMs`. */
  | { kind: 'again'; error: MetaError; delayMs: number }
)

/** What recording came to: where event logs end, and which messages have ended. */
export type Recorded = { ends: LogEnd[]; settledIds: string[] }

/**
 * Records outcomes in one transaction, with the statuses that came before them and the events that tell of both. An
 * outcome counts only under the claim it was won with; `again` counts only while nothing else has been learned.
 */
export async function recordOutcomes(db: Db, outcomes: Outcome[]): Promise<Recorded> {
  return db.transaction().execute(async (trx) => {
    const held = await lockHeld(trx, outcomes)
    await putBack(trx, outcomes, held)
    const learned = outcomes.flatMap((outcome) => learn(outcome, held.get(outcome.messageId)))
    const events = await applySteps(trx, await joinParked(trx, learned))
    return { ends: await appendEvents(trx, events), settledIds: learned.map(({ message }) => message.id) }
  })
}

async function lockHeld(trx: Db, outcomes: Outcome[]): Promise<Map<string, MessageHead>> {
  const { rows } = await sql<MessageHead>`
    select m.tenant_id as "tenantId", m.id, m.contact_id as "contactId", m.phone_number_id as "phoneNumberId",
      m.state, m.wamid
    from messages m join unnest(
      ${outcomes.map((o) => o.messageId)}::uuid[], ${outcomes.map((o) => o.claim)}::uuid[]
    ) as i (id, claim) on m.id = i.id and m.claim = i.claim
    order by m.id for update of m`.execute(trx)
  return new Map(rows.map((row) => [row.id, row]))
}

function learn(outcome: Outcome, message: MessageHead | undefined): Learned[] {
  if (!message || outcome.kind === 'again') return []
  if (outcome.kind === 'sent') return [{ message, steps: [{ state: 'sent' }], wamid: outcome.wamid }]
  return [{ message, steps: [{ state: outcome.kind, error: outcome.error }] }]
}

async function putBack(trx: Db, outcomes: Outcome[], held: Map<string, MessageHead>): Promise<void> {
  const again = outcomes.flatMap((outcome) => {
    const state = held.get(outcome.messageId)?.state
    const open = state === 'sending' || state === 'unknown'
    return outcome.kind === 'again' && open ? [outcome] : []
  })
  if (again.length === 0) return
  await sql`
    update messages m
    set state = 'queued', claim = null, error = i.error, updated_at = now(),
      due_at = clock_timestamp() + i.delay_ms * interval '1 millisecond'
    from unnest(
      ${again.map((o) => o.messageId)}::uuid[],
      ${again.map((o) => o.delayMs)}::integer[],
      ${again.map((o) => JSON.stringify(o.error))}::json[]
    ) as i (id, delay_ms, error)
    where m.id = i.id`.execute(trx)
}
