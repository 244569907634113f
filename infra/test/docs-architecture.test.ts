import { readdir } from 'node:fs/promises'
import t from 'tap'
import { read, tableRows } from './docs-file.ts'

const migrations = 'packages/db/src/migrations'

t.test('docs/architecture.md names every table of the ledger, and no other', async (t) => {
  const files = await readdir(new URL(`../../${migrations}`, import.meta.url))
  const texts = await Promise.all(files.map((file) => read(`${migrations}/${file}`)))
  const made = texts.flatMap((text) => [...text.matchAll(/create table (\w+)/g)].map(([, name]) => name ?? ''))
  const tables = made.filter((name) => !name.endsWith('_default'))
  t.strictSame([...tableRows(await read('docs/architecture.md')).keys()].sort(), tables.sort())
})
