import { type MetaError } from '@wag/contracts'
import { sql } from 'kysely'
import { type NewEvent } from './events.ts'
import { type Db } from './schema.ts'
import { advance, eventOf, type MessageHead, type Step } from './state.ts'

/** A message, locked until the transaction ends, with what was learned about it. */
export type Learned = { message: MessageHead; steps: Step[]; wamid?: string | undefined }

/** When a message that became `unknown` is looked at again: to be reported, or to be sent once more. In milliseconds. */
export type UnknownWaits = { alertMs: number; resendMs: number }

/** Every message that failed has an error: an index finds them by it. */
const noReason: MetaError = { message: 'Meta gave no reason.' }

const usualWaits: UnknownWaits = { alertMs: 300_000, resendMs: 30_000 }

/**
 * Writes what was learned about messages of one locked set, in one statement, and returns the events that tell of it.
 * States only move forward; a wamid is kept once known.
 */
export async function applySteps(trx: Db, learned: Learned[], waits = usualWaits): Promise<NewEvent[]> {
  const events: NewEvent[] = []
  const changes: Change[] = []
  for (const { message, steps, wamid } of learned) {
    const head = { ...message, wamid: message.wamid ?? wamid ?? null }
    const moves = advance(message.state, steps)
    const last = moves.at(-1)
    if (!last && head.wamid === message.wamid) continue
    const state = last?.state ?? message.state
    const error = last?.error ?? (last?.state === 'failed' ? noReason : undefined)
    changes.push({ id: message.id, state, wamid: head.wamid, error: error ? JSON.stringify(error) : null })
    events.push(...moves.flatMap((step) => eventOf(head, step) ?? []))
  }
  if (changes.length > 0) await writeChanges(trx, changes, waits)
  const failedAgain = learned.filter(isFailedAgain).map(({ message }) => message.id)
  if (failedAgain.length > 0) await chooseErrors(trx, failedAgain)
  return events
}

/** Whether a message failed for more than one member of a group. */
function isFailedAgain({ message, steps }: Learned): boolean {
  const failures = steps.filter(({ state }) => state === 'failed').length
  return failures > 1 || (failures === 1 && message.state === 'failed')
}

/** Of several failures the first counts by Meta's time, so that the order in which they came is of no account. */
async function chooseErrors(trx: Db, ids: string[]): Promise<void> {
  await sql`
    update messages m set error = f.error
    from (
      select distinct on (m.id) m.id, s.error
      from messages m join statuses s on s.tenant_id = m.tenant_id and s.wamid = m.wamid
      where m.id = any(${ids}::uuid[]) and m.state = 'failed' and s.status = 'failed' and s.error is not null
      order by m.id, s.at nulls last, s.participant collate "C"
    ) f
    where m.id = f.id and m.error::text is distinct from f.error::text`.execute(trx)
}

type Change = { id: string; state: string; wamid: string | null; error: string | null }

async function writeChanges(trx: Db, changes: Change[], { alertMs, resendMs }: UnknownWaits): Promise<void> {
  await sql`
    update messages m
    set state = greatest(m.state, i.state),
      wamid = coalesce(m.wamid, i.wamid),
      error = case
        when i.state <= m.state then m.error
        -- What kept a message until it expired is why it did.
        when i.state = 'expired' then coalesce(i.error, m.error)
        else i.error
      end,
      due_at = case
        when i.state < 'unknown' or (i.state = 'unknown' and m.state = 'unknown') then m.due_at
        when i.state = 'unknown' then clock_timestamp() + interval '1 millisecond' *
          case m.on_unknown when 'resend' then ${resendMs}::integer else ${alertMs}::integer end
      end,
      sent_at = case
        when i.state in ('sent', 'delivered', 'read', 'played') then coalesce(m.sent_at, clock_timestamp())
        else m.sent_at
      end,
      updated_at = now()
    from unnest(
      ${changes.map((c) => c.id)}::uuid[],
      ${changes.map((c) => c.state)}::message_state[],
      ${changes.map((c) => c.wamid)}::text[],
      ${changes.map((c) => c.error)}::json[]
    ) as i (id, state, wamid, error)
    where m.id = i.id`.execute(trx)
}
