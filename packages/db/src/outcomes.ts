import { type MetaError } from '@wag/contracts'
import { sql } from 'kysely'
import { recordAttempts } from './attempts.ts'
import { appendEvents, type LogEnd } from './events.ts'
import { joinParked } from './parked.ts'
import { type Db } from './schema.ts'
import { headColumns, type MessageHead } from './state.ts'
import { applySteps, type Learned, type UnknownWaits } from './steps.ts'

/** What a claimant learned from its one POST, or from not making it. */
export type Outcome = {
  messageId: string
  claim: string
} /** `waId` is the number that Meta made of the recipient's, where that is another: see `linkSpellings`. */ & (
  | { kind: 'sent'; wamid: string; waId?: string }
  | { kind: 'failed' | 'unknown'; error: MetaError }
  /** Its time had run out before it was posted. */
  | { kind: 'expired' }
  /** Meta certainly made nothing of the POST: it may be sent again after `delayMs`. */
  | { kind: 'again'; reason?: 'throttled' | 'unsent'; error: MetaError; delayMs: number }
  /** There was no POST; it may be claimed again after `delayMs` (negative: it goes back to the place it had). */
  | { kind: 'unposted'; delayMs: number; pairReserved?: boolean }
)

/** What recording came to: where event logs end, and which messages have ended. */
export type Recorded = { ends: LogEnd[]; settledIds: string[] }

/** A message of ours under the claim it is held by. */
export type HeldMessage = MessageHead & { attempts: number }

/**
 * Records outcomes in one transaction, with the statuses that came before them and the events that tell of both. An
 * outcome counts only under the claim it was won with; `again` and `unposted` count only while nothing else has been
 * learned. What goes wrong is kept attempt by attempt.
 */
export async function recordOutcomes(db: Db, outcomes: Outcome[], waits?: UnknownWaits): Promise<Recorded> {
  return db.transaction().execute(async (trx) => {
    const held = await lockHeld(trx, outcomes)
    await recordAttempts(
      trx,
      outcomes.flatMap((outcome) => attemptOf(outcome, held.get(outcome.messageId)))
    )
    await putBack(trx, outcomes, held)
    const learned = outcomes.flatMap((outcome) => learn(outcome, held.get(outcome.messageId)))
    const events = await applySteps(trx, await joinParked(trx, learned), waits)
    return { ends: await appendEvents(trx, events), settledIds: learned.map(({ message }) => message.id) }
  })
}

async function lockHeld(trx: Db, outcomes: Outcome[]): Promise<Map<string, HeldMessage>> {
  const { rows } = await sql<HeldMessage>`
    select ${headColumns}, m.attempts
    from messages m join unnest(
      ${outcomes.map((o) => o.messageId)}::uuid[], ${outcomes.map((o) => o.claim)}::uuid[]
    ) as i (id, claim) on m.id = i.id and m.claim = i.claim
    order by m.id for update of m`.execute(trx)
  return new Map(rows.map((row) => [row.id, row]))
}

function attemptOf(outcome: Outcome, message: HeldMessage | undefined) {
  if (!message || !('error' in outcome)) return []
  const label = outcome.kind === 'again' ? (outcome.reason ?? 'throttled') : outcome.kind
  return [{ message, outcome: label, error: outcome.error }]
}

function learn(outcome: Outcome, message: HeldMessage | undefined): Learned[] {
  if (!message || outcome.kind === 'again' || outcome.kind === 'unposted') return []
  if (outcome.kind === 'sent') return [{ message, steps: [{ state: 'sent' }], wamid: outcome.wamid }]
  if (outcome.kind === 'expired') return [{ message, steps: [{ state: 'expired' }] }]
  return [{ message, steps: [{ state: outcome.kind, error: outcome.error }] }]
}

async function putBack(trx: Db, outcomes: Outcome[], held: Map<string, HeldMessage>): Promise<void> {
  const back = outcomes.flatMap((outcome) => {
    const state = held.get(outcome.messageId)?.state
    const isOpen = state === 'sending' || state === 'unknown'
    return isOpen && (outcome.kind === 'again' || outcome.kind === 'unposted') ? [outcome] : []
  })
  if (back.length === 0) return
  await sql`
    update messages m
    set state = 'queued', claim = null, error = coalesce(i.error, m.error), updated_at = now(),
      attempts = m.attempts - case when i.posted then 0 else 1 end,
      pair_reserved = m.pair_reserved or i.pair_reserved,
      due_at = clock_timestamp() + i.delay_ms * interval '1 millisecond'
    from unnest(
      ${back.map((o) => o.messageId)}::uuid[],
      ${back.map((o) => o.kind === 'again')}::boolean[],
      ${back.map((o) => Math.round(o.delayMs))}::bigint[],
      ${back.map((o) => o.kind === 'unposted' && o.pairReserved === true)}::boolean[],
      ${back.map((o) => (o.kind === 'again' ? JSON.stringify(o.error) : null))}::json[]
    ) as i (id, posted, delay_ms, pair_reserved, error)
    where m.id = i.id`.execute(trx)
}
