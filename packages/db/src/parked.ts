import { type MetaError, stateOfStatus } from '@wag/contracts'
import { sql } from 'kysely'
import { appendEvents, type LogEnd } from './events.ts'
import { type Db } from './schema.ts'
import { headColumns, type MessageHead, type Step } from './state.ts'
import { applySteps, type Learned } from './steps.ts'

type ParkedStatus = { message_id: string; status: string; error: MetaError | null }

/** Adds to what was learned the statuses that came before their message had a wamid, and parks them no longer. */
export async function joinParked(trx: Db, learned: Learned[]): Promise<Learned[]> {
  const named = learned.filter(({ wamid }) => wamid !== undefined)
  if (named.length === 0) return learned
  const { rows } = await sql<ParkedStatus>`
    update statuses s set message_id = i.message_id
    from unnest(
      ${named.map(({ message }) => message.tenantId)}::uuid[],
      ${named.map(({ wamid }) => wamid)}::text[],
      ${named.map(({ message }) => message.id)}::uuid[]
    ) as i (tenant_id, wamid, message_id)
    where s.tenant_id = i.tenant_id and s.wamid = i.wamid and s.message_id is null
    returning s.message_id, s.status, s.error`.execute(trx)
  if (rows.length === 0) return learned
  const steps = stepsOf(rows)
  return learned.map((entry) => ({ ...entry, steps: [...entry.steps, ...(steps.get(entry.message.id) ?? [])] }))
}

/**
 * Joins parked statuses of the last `withinMs` with messages that have got their wamid meanwhile. Needed because the two
 * may be committed at the same moment, each without seeing the other.
 */
export async function repairParked(db: Db, withinMs: number, limit: number): Promise<LogEnd[]> {
  const { rows: late } = await sql<{ id: string }>`
    select distinct m.id from statuses s join messages m on m.tenant_id = s.tenant_id and m.wamid = s.wamid
      and m.direction = 'out'
    where s.message_id is null and s.received_at > now() - ${withinMs} * interval '1 millisecond'
    limit ${limit}`.execute(db)
  if (late.length === 0) return []
  return db.transaction().execute(async (trx) => {
    const { rows: heads } = await sql<MessageHead>`
      select ${headColumns} from messages m where m.id = any(${late.map(({ id }) => id)}::uuid[]) order by m.id for update`.execute(
      trx
    )
    const learned = heads.map((message) => ({ message, steps: [], wamid: message.wamid ?? undefined }))
    return appendEvents(trx, await applySteps(trx, await joinParked(trx, learned)))
  })
}

function stepsOf(rows: ParkedStatus[]): Map<string, Step[]> {
  const steps = new Map<string, Step[]>()
  for (const row of rows) {
    const state = stateOfStatus(row.status)
    if (!state) continue
    const list = steps.get(row.message_id) ?? []
    list.push({ state, ...(row.error && { error: row.error }) })
    steps.set(row.message_id, list)
  }
  return steps
}
