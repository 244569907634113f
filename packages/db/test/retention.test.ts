import { createId } from '@wag/contracts'
import { sql } from 'kysely'
import t from 'tap'
import {
  type Db,
  deleteOldRows,
  dropOldDays,
  markProcessed,
  oldestSeq,
  quarantine,
  storeWebhooks
} from '../src/index.ts'
import { openLedger, tenantId } from './ledger.ts'

const dayMs = 86_400_000
const keep = { inboxDays: 14, eventDays: 90 }

/** An id as it would be made at another time. */
function idOf(at: number): string {
  const hex = at.toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}${createId().slice(13)}`
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10).replaceAll('-', '_')
}

/** The partition of a day so long ago, as if it had been made then. */
async function makeDay(db: Db, table: 'inbox' | 'events', daysAgo: number): Promise<string> {
  const first = Math.floor((Date.now() - daysAgo * dayMs) / dayMs) * dayMs
  const name = `${table}_${dayOf(first)}`
  const bounds = [first, first + dayMs].map((at) => new Date(at).toISOString())
  const [from, to] =
    table === 'inbox' ? bounds.map((at) => `(select uuid7_floor('${at}'))`) : bounds.map((at) => `'${at}'`)
  if (table === 'inbox') {
    const { rows } = await sql<{
      a: string
      b: string
    }>`select ${sql.raw(from ?? '')} as a, ${sql.raw(to ?? '')} as b`.execute(db)
    await sql
      .raw(`create table ${name} partition of inbox for values from ('${rows[0]?.a}') to ('${rows[0]?.b}')`)
      .execute(db)
  } else await sql.raw(`create table ${name} partition of events for values from (${from}) to (${to})`).execute(db)
  return name
}

/** A webhook received so many days ago. */
async function receive(db: Db, daysAgo: number, isProcessed = true): Promise<string> {
  const at = Date.now() - daysAgo * dayMs
  const id = idOf(at)
  await storeWebhooks(db, [{ id, tenantId, body: Buffer.from(`${daysAgo}`), receivedAt: new Date(at) }])
  if (isProcessed) await markProcessed(db, [{ id }])
  return id
}

async function kept(db: Db): Promise<string[]> {
  const rows = await db.selectFrom('inbox').select('id').orderBy('id').execute()
  return rows.map(({ id }) => id)
}

t.test('days of the inbox go when they are older than they are to be kept, and not before', async (t) => {
  const { db } = await openLedger(t)
  const [old, last, young] = [16, 15, 14]
  for (const days of [old, last, young]) await makeDay(db, 'inbox', days)
  const ids = [await receive(db, old), await receive(db, last), await receive(db, young), await receive(db, 0)]
  const dropped = await dropOldDays(db, keep)
  t.strictSame(dropped, [`inbox_${dayOf(Date.now() - old * dayMs)}`, `inbox_${dayOf(Date.now() - last * dayMs)}`])
  t.strictSame(await kept(db), ids.slice(2).sort())
  t.strictSame(await dropOldDays(db, keep), [])
})

t.test('what is still to be worked on outlives its day, byte for byte', async (t) => {
  const { db } = await openLedger(t)
  await makeDay(db, 'inbox', 20)
  const [done, waiting, aside] = [await receive(db, 20), await receive(db, 20, false), await receive(db, 20)]
  await quarantine(db, [{ tenantId, id: createId(), inboxId: aside, item: 1, reason: 'test' }])
  await dropOldDays(db, keep)
  await deleteOldRows(db, keep)
  t.strictSame(await kept(db), [waiting, aside].sort())
  const row = await db.selectFrom('inbox').selectAll().where('id', '=', aside).executeTakeFirstOrThrow()
  t.equal(row.body.toString(), '20')
  t.ok(row.processed_at)
  t.notOk((await kept(db)).includes(done))
  await db.deleteFrom('quarantine').execute()
  await markProcessed(db, [{ id: waiting }])
  t.ok(await deleteOldRows(db, keep))
  t.strictSame(await kept(db), [])
})

t.test('old rows without a day of their own are deleted, a piece at a time', async (t) => {
  const { db } = await openLedger(t)
  await sql`
    insert into inbox (tenant_id, id, body, received_at, processed_at)
    select ${tenantId}, uuid7_floor(now() - interval '20 days' + n * interval '1 second'), '', now() - interval '20 days', now()
    from generate_series(1, 1500) n`.execute(db)
  const fresh = await receive(db, 0)
  t.notOk(await deleteOldRows(db, keep), 'there is more')
  t.ok(await deleteOldRows(db, keep))
  t.strictSame(await kept(db), [fresh])
})

t.test('old days of events go, and the log then begins later; quarantine is kept as long', async (t) => {
  const { db } = await openLedger(t)
  const day = await makeDay(db, 'events', 92)
  await sql`
    insert into events (tenant_id, seq, type, at, data)
    select ${tenantId}, n, 'message.sent', case when n < 5 then now() - interval '92 days' else now() end, '{}'
    from generate_series(1, 10) n`.execute(db)
  await quarantine(db, [{ tenantId, id: createId(), inboxId: createId(), item: 1, reason: 'test' }])
  await sql`update quarantine set created_at = now() - interval '91 days'`.execute(db)
  t.strictSame(await dropOldDays(db, keep), [day])
  await deleteOldRows(db, keep)
  t.equal(await oldestSeq(db, tenantId), 5)
  t.strictSame(await db.selectFrom('quarantine').selectAll().execute(), [])
})

t.test('a reader holds a day up, and nobody waits for long behind it', async (t) => {
  const { db } = await openLedger(t)
  await makeDay(db, 'inbox', 20)
  const reader = await db.startTransaction().execute()
  await reader.selectFrom('inbox').select('id').execute()
  await t.rejects(dropOldDays(db, keep), /lock timeout/)
  await reader.commit().execute()
  t.equal((await dropOldDays(db, keep)).length, 1)
})
