import { readFile } from 'node:fs/promises'
import { messageStates } from '@wag/contracts'
import { sql } from 'kysely'
import t from 'tap'
import { openLedger } from './ledger.ts'

/** Tables and columns as `schema.ts` names them, read from its text: types leave nothing to look at. */
async function declared(): Promise<Map<string, string[]>> {
  const text = await readFile(new URL('../src/schema.ts', import.meta.url), 'utf8')
  const body = /export type Database = \{\n([\s\S]*?)\n\}\n/.exec(text)?.[1] ?? ''
  const tables = new Map<string, string[]>()
  for (const [, name = '', columns = ''] of body.matchAll(/^ {2}(\w+): \{([\s\S]*?)(?:^ {2}\}| \}$)/gm)) {
    tables.set(name, [...columns.matchAll(/(?:^ {4}|[{;] ?|^ )(\w+):/gm)].map(([, column = '']) => column).sort())
  }
  return tables
}

t.test('schema.ts and the migrated database name the same tables and columns', async (t) => {
  const { db } = await openLedger(t)
  const { rows } = await sql<{ table_name: string; columns: string[] }>`
    select c.table_name, array_agg(c.column_name::text order by c.column_name) as columns
    from information_schema.columns c
    join pg_class r on r.relname = c.table_name and r.relnamespace = 'public'::regnamespace
    where c.table_schema = 'public' and not r.relispartition and c.table_name not like 'kysely%'
    group by c.table_name`.execute(db)
  const actual = new Map(rows.map((row) => [row.table_name, row.columns]))
  const wanted = await declared()
  t.ok(wanted.size > 8, 'the text was understood')
  t.strictSame([...actual.keys()].sort(), [...wanted.keys()].sort())
  for (const [table, columns] of actual) t.strictSame([...columns].sort(), wanted.get(table), table)
})

t.test('the states stand in the same order in the ledger and in the contracts', async (t) => {
  const { db } = await openLedger(t)
  const { rows } = await sql<{ states: string[] }>`
    select enum_range(null::message_state)::text[] as states`.execute(db)
  t.strictSame(rows[0]?.states, messageStates)
})

t.test('every table names its tenant, so that row-level security can come', async (t) => {
  const { db } = await openLedger(t)
  const tenantless = new Set(['tenants', 'heartbeats'])
  for (const [table, columns] of await declared()) {
    if (!tenantless.has(table)) t.ok(columns.includes('tenant_id'), table)
  }
  t.ok(db)
})
