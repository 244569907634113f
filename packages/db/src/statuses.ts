import { isId, type MetaError, stateOfStatus } from '@wag/contracts'
import { sql } from 'kysely'
import { type NewEvent } from './events.ts'
import { type Db } from './schema.ts'
import { headColumns, type MessageHead, type Step } from './state.ts'
import { applySteps, type Learned } from './steps.ts'

/** A status of Meta's, ready to be stored. `messageId` is our own id where Meta echoed it. */
export type NewStatus = {
  wamid: string
  status: string
  participant: string
  messageId?: string | undefined
  at?: Date | undefined
  error?: MetaError | undefined
  content: Record<string, unknown>
}

/**
 * What storing statuses came to: the events, and, in the order of the statuses, which of them wait for their message, and
 * for which message they are news; a status is news once.
 */
export type StoredStatuses = { events: NewEvent[]; isParked: boolean[]; newsOf: (string | undefined)[] }

/**
 * Stores a tenant's statuses, each once, moves their messages forward and returns the events that tell of it. A status
 * whose message is not known is kept and waits for it.
 */
export async function storeStatuses(trx: Db, tenantId: string, statuses: NewStatus[]): Promise<StoredStatuses> {
  if (statuses.length === 0) return { events: [], isParked: [], newsOf: [] }
  const find = finder(await lockMessages(trx, tenantId, statuses))
  const fresh = await insertStatuses(trx, tenantId, statuses, find)
  const learned = new Map<string, Learned>()
  for (const status of fresh) {
    const message = find(status)
    if (!message) continue
    const entry: Learned = learned.get(message.id) ?? { message, steps: [], wamid: status.wamid }
    entry.steps.push(...stepsOf(status))
    learned.set(message.id, entry)
  }
  const events = await applySteps(trx, [...learned.values()])
  const news = new Set(fresh)
  return {
    events,
    isParked: statuses.map((status) => find(status) === undefined),
    newsOf: statuses.map((status) => (news.has(status) ? find(status)?.id : undefined))
  }
}

function stepsOf(status: NewStatus): Step[] {
  const state = stateOfStatus(status.status)
  return state ? [{ state, ...(status.error && { error: status.error }) }] : []
}

async function lockMessages(trx: Db, tenantId: string, statuses: NewStatus[]): Promise<MessageHead[]> {
  const ids = [...new Set(statuses.flatMap(({ messageId }) => (isId(messageId) ? messageId : [])))]
  const wamids = [...new Set(statuses.map(({ wamid }) => wamid))]
  const { rows } = await sql<MessageHead>`
    select ${headColumns} from messages m
    where id = any(array(
      select unnest(${ids}::uuid[])
      union
      select m.id from messages m where m.tenant_id = ${tenantId} and m.wamid = any(${wamids}::text[]) and m.direction = 'out'
    )) and tenant_id = ${tenantId} and direction = 'out'
    order by id for update`.execute(trx)
  return rows
}

/** Finds a status's message: by our own id first, which is known before Meta's answer is. */
function finder(messages: MessageHead[]): (status: NewStatus) => MessageHead | undefined {
  const byId = new Map(messages.map((message) => [message.id, message]))
  const byWamid = new Map(messages.map((message) => [message.wamid, message]))
  return (status) => byId.get(status.messageId ?? '') ?? byWamid.get(status.wamid)
}

/** No column holds a NUL, so none of the three can end in another's beginning. */
function keyOf(status: { wamid: string; status: string; participant: string }): string {
  return `${status.wamid}\0${status.status}\0${status.participant}`
}

async function insertStatuses(
  trx: Db,
  tenantId: string,
  statuses: NewStatus[],
  find: (status: NewStatus) => MessageHead | undefined
): Promise<NewStatus[]> {
  // Sorted, so that two batches with the same statuses wait for each other instead of deadlocking.
  const unique = new Map<string, NewStatus>()
  for (const status of statuses) {
    // Of two that say the same, the one that leads to its message.
    if (!unique.has(keyOf(status)) || find(status)) unique.set(keyOf(status), status)
  }
  const sorted = [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, status]) => status)
  const column = <T>(pick: (status: NewStatus) => T): T[] => sorted.map(pick)
  const { rows } = await sql<{ wamid: string; status: string; participant: string }>`
    insert into statuses (tenant_id, wamid, status, participant, message_id, at, error, content)
    select ${tenantId}, * from unnest(
      ${column((s) => s.wamid)}::text[],
      ${column((s) => s.status)}::text[],
      ${column((s) => s.participant)}::text[],
      ${column((s) => find(s)?.id ?? null)}::uuid[],
      ${column((s) => s.at ?? null)}::timestamptz[],
      ${column((s) => (s.error ? JSON.stringify(s.error) : null))}::json[],
      ${column((s) => JSON.stringify(s.content))}::json[]
    )
    -- One that was parked counts when it comes again and now leads to its message.
    on conflict (tenant_id, wamid, status, participant) do update set message_id = excluded.message_id
    where statuses.message_id is null and excluded.message_id is not null
    returning wamid, status, participant`.execute(trx)
  return rows.flatMap((row) => unique.get(keyOf(row)) ?? [])
}
