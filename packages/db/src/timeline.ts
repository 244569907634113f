import { type MessageState, type MetaError, stateOfStatus, stateRank } from '@wag/contracts'
import { sql } from 'kysely'
import { type MessageRecord } from './records.ts'
import { type Db } from './schema.ts'

/** One step of a message's life. `participant` is the member of a group it is about. */
export type Moment = {
  state: MessageState
  at: Date
  attempt?: number
  participant?: string
  error?: MetaError
}

type AttemptRow = { attempt: number; at: Date; outcome: string; error: MetaError }
type StatusRow = { status: string; at: Date | null; participant: string; error: MetaError | null; received_at: Date }

/** Every state a message has been in, in their order; what Meta reports has Meta's times, which are whole seconds. */
export async function readTimeline(db: Db, message: MessageRecord): Promise<Moment[]> {
  if (message.direction === 'in') return [{ state: 'received', at: message.at }]
  const [attempts, statuses] = await Promise.all([readAttempts(db, message), readStatuses(db, message)])
  const begun: Moment = {
    state: message.sendAt && message.sendAt > message.at ? 'scheduled' : 'queued',
    at: message.at
  }
  const told = [begun, ...attempts.map(momentOfAttempt), ...momentOfSending(message)]
  const reported = statuses.flatMap(momentsOfStatus).filter(({ state }) => state !== 'sent' || message.sentAt === null)
  // Not sorted into one: Meta's whole seconds would put a receipt before the POST it answers.
  const moments = [...told, ...reported.sort(byTime)]
  return [...moments, ...momentOfNow(message, moments)]
}

function byTime(a: Moment, b: Moment): number {
  return a.at.getTime() - b.at.getTime() || stateRank(a.state) - stateRank(b.state)
}

/** After a POST that certainly created nothing the message waits again. */
function momentOfAttempt({ attempt, at, outcome, error }: AttemptRow): Moment {
  return { state: outcome === 'failed' || outcome === 'unknown' ? outcome : 'queued', at, attempt, error }
}

function momentOfSending({ state, sentAt, attempts, updatedAt }: MessageRecord): Moment[] {
  if (sentAt) return [{ state: 'sent', at: sentAt, attempt: attempts }]
  return state === 'sending' ? [{ state, at: updatedAt, attempt: attempts }] : []
}

function momentsOfStatus({ status, at, received_at, participant, error }: StatusRow): Moment[] {
  const state = stateOfStatus(status)
  if (!state) return []
  return [{ state, at: at ?? received_at, ...(participant && { participant }), ...(error && { error }) }]
}

/** The present state, where nothing else has told of it. */
function momentOfNow({ state, updatedAt, error }: MessageRecord, moments: Moment[]): Moment[] {
  const isTold = state === 'queued' || moments.some((moment) => moment.state === state)
  return isTold ? [] : [{ state, at: updatedAt, ...(error && { error }) }]
}

async function readAttempts(db: Db, { id }: MessageRecord): Promise<AttemptRow[]> {
  const { rows } = await sql<AttemptRow>`
    select attempt, at, outcome, error from attempts where message_id = ${id} order by attempt`.execute(db)
  return rows
}

async function readStatuses(db: Db, { tenantId, wamid }: MessageRecord): Promise<StatusRow[]> {
  if (wamid === null) return []
  const { rows } = await sql<StatusRow>`
    select status, at, participant, error, received_at from statuses
    where tenant_id = ${tenantId} and wamid = ${wamid}`.execute(db)
  return rows
}
