import { type EventType, type MetaError } from '@wag/contracts'
import { sql } from 'kysely'
import { appendEvents, type LogEnd, type NewEvent } from './events.ts'
import { numbersIn, type Pause, type PauseKey, pauseColumns, stopsNumber } from './paused.ts'
import { releaseTemplate } from './release.ts'
import { type Db } from './schema.ts'

export type NewPause = PauseKey & {
  /** The class of the error, or `operator`. */
  reason: string
  error?: MetaError
  /** It ends by itself after so long, by the database's clock; without it somebody has to end it. */
  resumesAfterMs?: number
}

/**
 * Pauses, and returns the events that tell of it: one for each number it stops, or one for a template. A pause that is
 * there already says nothing more and is never shortened; an operator's takes it over. What stops no number (any more) is
 * not kept: the token may have been replaced since it was refused.
 */
export async function addPause(trx: Db, pause: NewPause): Promise<NewEvent[]> {
  const numbers = await numbersIn(trx, pause)
  if (numbers.length === 0 && pause.scope !== 'template') return []
  const { rows } = await sql<{ isNew: boolean }>`
    insert into pauses as p (tenant_id, scope, key, reason, error, resumes_at)
    values (
      ${pause.tenantId}, ${pause.scope}, ${pause.key}, ${pause.reason},
      ${pause.error === undefined ? null : JSON.stringify(pause.error)},
      clock_timestamp() + ${pause.resumesAfterMs ?? null}::float8 * interval '1 millisecond'
    )
    on conflict (tenant_id, scope, key) do update
    set reason = excluded.reason, error = coalesce(excluded.error, p.error), resumes_at = excluded.resumes_at
    where (p.resumes_at is not null and (excluded.resumes_at is null or excluded.resumes_at > p.resumes_at))
      or (p.reason <> 'operator' and excluded.reason = 'operator')
    returning p.xmax = 0 as "isNew"`.execute(trx)
  return rows[0]?.isNew ? tell('sending.paused', pause, numbers) : []
}

/**
 * Ends a pause because its cause is gone, and returns the events that tell of it; none where there was no such pause. What
 * an operator has paused only an operator resumes. A template's pause is only marked to end: the sweep ends it within a
 * second and makes due what waits for it, which may be a lot.
 */
export async function removePause(trx: Db, { tenantId, scope, key }: PauseKey): Promise<NewEvent[]> {
  if (scope === 'template') {
    await sql`
      update pauses set resumes_at = clock_timestamp()
      where tenant_id = ${tenantId} and scope = ${scope} and key = ${key}`.execute(trx)
    return []
  }
  const { rows } = await sql<Pause>`
    delete from pauses p where tenant_id = ${tenantId} and scope = ${scope} and key = ${key} and reason <> 'operator'
    returning ${pauseColumns}`.execute(trx)
  return tellEnds(trx, rows)
}

/** `addPause` in a transaction of its own. Returns where the event log ends now, if it has grown. */
export async function pause(db: Db, newPause: NewPause): Promise<LogEnd[]> {
  return db.transaction().execute(async (trx) => appendEvents(trx, await addPause(trx, newPause)))
}

/** `removePause` in a transaction of its own. */
export async function resume(db: Db, key: PauseKey): Promise<LogEnd[]> {
  return db.transaction().execute(async (trx) => appendEvents(trx, await removePause(trx, key)))
}

/** Ends every pause that stops this number, also where it stops others too. Returns which. */
export async function resumeNumber(
  db: Db,
  number: { tenantId: string; id: string }
): Promise<{ ended: Pause[]; ends: LogEnd[] }> {
  return db.transaction().execute(async (trx) => {
    const { rows: ended } = await sql<Pause>`
      delete from pauses p using phone_numbers n
      where n.tenant_id = ${number.tenantId} and n.id = ${number.id} and ${stopsNumber}
      returning ${pauseColumns}`.execute(trx)
    return { ended, ends: await appendEvents(trx, await tellEnds(trx, ended)) }
  })
}

/** Ends the pauses whose time has come. Asks once and no more where there is none. */
export async function resumeHealed(db: Db): Promise<{ ended: Pause[]; ends: LogEnd[] }> {
  const { rows: some } = await sql<Pause>`
    select ${pauseColumns} from pauses p where p.resumes_at <= clock_timestamp()`.execute(db)
  if (some.length === 0) return { ended: [], ends: [] }
  // Before the pause is gone: whoever comes after a crash does it again.
  for (const { tenantId, scope, key } of some) if (scope === 'template') await releaseTemplate(db, tenantId, key)
  return db.transaction().execute(async (trx) => {
    const { rows: ended } = await sql<Pause>`
      delete from pauses p where p.resumes_at <= clock_timestamp() returning ${pauseColumns}`.execute(trx)
    return { ended, ends: await appendEvents(trx, await tellEnds(trx, ended)) }
  })
}

/**
 * A number has another token now. Tells that the pause of the one before no longer stops it, and forgets that pause when it
 * stops nobody else. Nothing is told where the new token is paused, too.
 */
export async function endTokenPause(
  trx: Db,
  number: { tenantId: string; id: string },
  key: string
): Promise<NewEvent[]> {
  const { tenantId } = number
  const { rows } = await sql<Pause & { isStopped: boolean }>`
    select ${pauseColumns}, exists (
      select from pauses p join phone_numbers n on ${stopsNumber} where p.scope = 'token' and n.id = ${number.id}
    ) as "isStopped"
    from pauses p where p.tenant_id = ${tenantId} and p.scope = 'token' and p.key = ${key} for update of p`.execute(trx)
  const [ended] = rows
  if (!ended) return []
  const others = await numbersIn(trx, { tenantId, scope: 'token', key })
  if (others.length === 0) {
    await sql`delete from pauses where tenant_id = ${tenantId} and scope = 'token' and key = ${key}`.execute(trx)
  }
  if (ended.isStopped) return []
  return tell('sending.resumed', { tenantId, scope: 'token', key, reason: ended.reason }, [number.id])
}

async function tellEnds(trx: Db, ended: Pause[]): Promise<NewEvent[]> {
  const events: NewEvent[] = []
  for (const { tenantId, scope, key, reason } of ended) {
    const numbers = await numbersIn(trx, { tenantId, scope, key })
    events.push(...tell('sending.resumed', { tenantId, scope, key, reason }, numbers))
  }
  return events
}

function tell(type: EventType, pause: NewPause, numbers: string[]): NewEvent[] {
  const { tenantId, scope, key, reason, error } = pause
  const brief = error && { ...(error.code !== undefined && { code: error.code }), message: error.message }
  const data = { scope, reason, ...(brief && { error: brief }) }
  if (scope === 'template') return [{ tenantId, type, data: { ...data, template: key } }]
  return numbers.map((phoneNumberId) => ({ tenantId, type, data: { ...data, phoneNumberId } }))
}
