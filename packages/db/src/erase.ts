import { sql } from 'kysely'
import { eraseInGroups } from './erase-groups.ts'
import { eraseMessages } from './erase-messages.ts'
import { type EraseProgress, type EraseTask } from './erase-task.ts'
import { eraseEvents, eraseInbox, eraseKeys, eraseParked, eraseQuarantine } from './erase-traces.ts'
import { type LogEnd } from './events.ts'
import { blankContacts, openIdentity } from './privacy.ts'
import { type Db } from './schema.ts'

type Step = (trx: Db, task: EraseTask) => Promise<EraseProgress>

/** In this order: nothing may be written anew behind a step that is through. */
const steps: [name: string, step: Step][] = [
  ['settle', settle],
  ['messages', eraseMessages],
  ['media', waitForMedia],
  ['groups', eraseInGroups],
  ['parked', eraseParked],
  ['inbox', eraseInbox],
  ['quarantine', eraseQuarantine],
  ['events', eraseEvents],
  ['keys', eraseKeys]
]

/** `busy`: somebody else is at it. `waiting`: it cannot go on before others have ended. */
export type Erasing = { state: 'done' | 'more' | 'waiting' | 'busy'; ends: LogEnd[] }

type Row = {
  tenantId: string
  id: string
  step: string
  place: string | null
  requestedAt: string
  counts: Record<string, number>
  sealed: Buffer
}

/**
 * Takes an erasure one bounded step further, in one transaction. May be called by anybody, any number of times: only one at
 * a time works on it, and whoever comes after a crash goes on where the last commit was.
 */
export async function stepErasure(db: Db, id: string, encryptionKey: string): Promise<Erasing> {
  return db.transaction().execute(async (trx): Promise<Erasing> => {
    const { rows } = await sql<Row>`
      select tenant_id as "tenantId", id, step, place, requested_at::text as "requestedAt", counts, sealed
      from privacy_requests where id = ${id} and finished_at is null for update skip locked`.execute(trx)
    const [row] = rows
    if (!row) return { state: (await isFinished(trx, id)) ? 'done' : 'busy', ends: [] }
    const index = steps.findIndex(([name]) => name === row.step)
    const step = steps[index]?.[1]
    if (!step) throw new Error(`an erasure stands at ${row.step}, which this version does not know`)
    const identity = openIdentity(row, encryptionKey)
    const { place, isWaiting, counts = {}, ends = [] } = await step(trx, { ...row, identity, encryptionKey })
    const next = place === undefined && !isWaiting ? steps[index + 1]?.[0] : row.step
    await save(trx, row, { step: next, place: isWaiting ? row.place : (place ?? null), counts })
    if (next === undefined) return { state: 'done', ends }
    return { state: isWaiting ? 'waiting' : 'more', ends }
  })
}

async function isFinished(trx: Db, id: string): Promise<boolean> {
  const { rows } = await sql`select 1 from privacy_requests where id = ${id} and finished_at is null`.execute(trx)
  return rows.length === 0
}

type Saved = { step: string | undefined; place: string | null; counts: Record<string, number> }

async function save(trx: Db, row: Row, { step, place, counts }: Saved): Promise<void> {
  const sums = { ...row.counts }
  for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count
  const isDone = step === undefined
  await sql`
    update privacy_requests set step = ${step ?? null}, place = ${place}, counts = ${JSON.stringify(sums)},
      finished_at = case when ${isDone}::boolean then now() end,
      sealed = case when ${isDone}::boolean then null else sealed end
    where id = ${row.id}`.execute(trx)
}

/**
 * Waits for every transaction that was at work when the erasure began: it may have looked the contact up and be about to
 * write. Then takes away what such a one may have written to the contact itself.
 */
async function settle(trx: Db, { tenantId, identity, place }: EraseTask): Promise<EraseProgress> {
  const { rows } = await sql<{ isSettled: boolean }>`
    select pg_snapshot_xmin(pg_current_snapshot()) > ${place}::xid8 as "isSettled"`.execute(trx)
  if (!rows[0]?.isSettled) return { isWaiting: true }
  await blankContacts(trx, tenantId, identity.contactIds)
  return {}
}

/** Whoever has the store removes bytes that have lost their rows. */
async function waitForMedia(trx: Db, { tenantId }: EraseTask): Promise<EraseProgress> {
  const { rows } = await sql`
    select 1 from media_garbage where tenant_id = ${tenantId} and due_at <= now() limit 1`.execute(trx)
  return { isWaiting: rows.length > 0 }
}
