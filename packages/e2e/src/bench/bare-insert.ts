import { randomUUID } from 'node:crypto'
import { type Sql } from '@wag/testkit'

const rowsPerStatement = 500
const content = JSON.stringify({
  type: 'text',
  text: { body: 'Your parcel is on its way and will be with you between nine and eleven.' }
})

/** Rows per second that the database takes at best: one table of the same size of row, its key, and nothing around it. */
export async function bareInsertRate(sql: Sql, seconds: number): Promise<number> {
  await sql.query(
    'create table if not exists bare_messages (id uuid primary key, tenant_id uuid, recipient text, content json, at timestamptz default now())'
  )
  const began = performance.now()
  let rows = 0
  const lane = async (): Promise<void> => {
    while (performance.now() - began < seconds * 1000) {
      const ids = Array.from({ length: rowsPerStatement }, () => randomUUID())
      await sql.query(
        'insert into bare_messages (id, tenant_id, recipient, content) select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::json[])',
        [ids, ids, ids, ids.map(() => content)]
      )
      rows += rowsPerStatement
    }
  }
  await Promise.all([lane(), lane()])
  return (rows / (performance.now() - began)) * 1000
}
