import { createId } from '@wag/contracts'
import { sql } from 'kysely'
import t from 'tap'
import { appendEvents, type Db, ensurePartitions, storeWebhooks } from '../src/index.ts'
import { openLedger, tenantId } from './ledger.ts'

const dayMs = 86_400_000

/** The partition of a day of UTC. */
function nameOf(table: string, at: number): string {
  return `${table}_${new Date(at).toISOString().slice(0, 10).replaceAll('-', '_')}`
}

/** An id as it would be made at another time. */
function idOf(at: number): string {
  const hex = at.toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}${createId().slice(13)}`
}

async function partitions(db: Db): Promise<string[]> {
  const { rows } = await sql<{ relname: string }>`
    select relname from pg_class where relispartition and relkind = 'r' order by relname`.execute(db)
  return rows.map(({ relname }) => relname)
}

async function placeOf(db: Db, id: string): Promise<string | undefined> {
  const { rows } = await sql<{ place: string }>`
    select tableoid::regclass::text as place from inbox where id = ${id}`.execute(db)
  return rows[0]?.place
}

t.test('a migrated ledger has the partitions of yesterday, today and the coming week', async (t) => {
  const { db } = await openLedger(t)
  await ensurePartitions(db)
  const found = await partitions(db)
  for (let day = -1; day <= 7; day++) {
    for (const table of ['inbox', 'events'])
      t.ok(found.includes(nameOf(table, Date.now() + day * dayMs)), `${table} ${day}`)
  }
})

t.test('making them again, by several at once, changes nothing', async (t) => {
  const { db } = await openLedger(t)
  await ensurePartitions(db)
  const before = await partitions(db)
  await Promise.all(Array.from({ length: 5 }, () => ensurePartitions(db)))
  t.strictSame(await partitions(db), before)
})

t.test('rows land in the partition of their day', async (t) => {
  const { db } = await openLedger(t)
  const now = Date.now()
  const id = idOf(now)
  await storeWebhooks(db, [{ id, tenantId, body: Buffer.from('{}') }])
  t.equal(await placeOf(db, id), nameOf('inbox', now))
  await db.transaction().execute((trx) => appendEvents(trx, [{ tenantId, type: 'webhook.unrecognised', data: {} }]))
  const { rows } = await sql<{ place: string }>`select tableoid::regclass::text as place from events`.execute(db)
  t.strictSame(rows, [{ place: nameOf('events', now) }])
})

t.test('midnight divides two days, to the millisecond', async (t) => {
  const { db } = await openLedger(t)
  const midnight = Math.ceil(Date.now() / dayMs) * dayMs
  const [last, first] = [idOf(midnight - 1), idOf(midnight)]
  await storeWebhooks(
    db,
    [last, first].map((id) => ({ id, tenantId, body: Buffer.from('{}') }))
  )
  t.equal(await placeOf(db, last), nameOf('inbox', midnight - 1))
  t.equal(await placeOf(db, first), nameOf('inbox', midnight))
})

t.test('a row of a day without a partition is kept, and does not keep other partitions from being made', async (t) => {
  const { db } = await openLedger(t)
  const at = Date.now() + 10 * dayMs
  const [far, other] = [idOf(at), createId().replace('-7', '-4')]
  await storeWebhooks(
    db,
    [far, 'ffffffff-ffff-4fff-bfff-ffffffffffff', other].map((id) => ({ id, tenantId, body: Buffer.from('{}') }))
  )
  t.equal(await placeOf(db, far), 'inbox_default')
  await sql`select ensure_partitions(11)`.execute(db)
  const found = await partitions(db)
  t.ok(found.includes(nameOf('inbox', at + dayMs)), 'the day after it')
  t.notOk(found.includes(nameOf('inbox', at)), 'its own day stays in the default partition')
  t.ok(found.includes(nameOf('events', at)), 'the other table’s partition of that day')
  t.equal(await placeOf(db, far), 'inbox_default')
  await ensurePartitions(db)
})
