import { sql } from 'kysely'
import t from 'tap'
import { type Db } from '../src/index.ts'
import { acceptAll, newMessage, openSending, recipientOf, tenantId } from './ledger.ts'

const contacts = 3_000
const messages = 200

t.test('the look-up of a foreign key reads one row, although it was planned while the table was empty', async (t) => {
  // One connection: it keeps the plans of its first look-ups.
  const { db } = await openSending(t, { poolMax: 1 })
  for (let round = 0; round < 10; round++) await acceptSome(db, 2)
  await sql`
    insert into contacts (tenant_id, wa_id)
    select ${tenantId}, '4917' || (2000000 + i) from generate_series(1, ${contacts}::int) i`.execute(db)

  const before = await rowsRead(db)
  await acceptSome(db, messages)
  const read = (await rowsRead(db)) - before
  // A few looks at the whole table are the statement's own affair; one for each message is not.
  t.ok(read < 10 * contacts, `${read} rows of contacts were read for ${messages} messages`)
  t.ok(read >= messages, 'the look-ups are counted')
})

async function acceptSome(db: Db, many: number): Promise<void> {
  const made = Array.from({ length: many }, (_, index) =>
    newMessage({ recipient: recipientOf(`4917${3_000_000 + index}`) })
  )
  await acceptAll(db, made)
}

async function rowsRead(db: Db): Promise<number> {
  await sql`select pg_stat_force_next_flush()`.execute(db)
  const { rows } = await sql<{ read: number }>`
    select sum(idx_tup_read)::int8 as read from pg_stat_user_indexes where relname = 'contacts'`.execute(db)
  return rows[0]?.read ?? 0
}
