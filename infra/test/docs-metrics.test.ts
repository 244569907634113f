import { glob } from 'node:fs/promises'
import t from 'tap'
import { root } from './compose-file.ts'
import { read, tableRows } from './docs-file.ts'

const documented = [...tableRows(await read('docs/operations.md')).keys()].filter((name) => !name.startsWith('/'))

/** The names in every file that registers metrics. */
async function registered(): Promise<string[]> {
  const names = new Set<string>()
  for await (const path of glob('{services,packages}/*/src/**/*.ts', { cwd: root })) {
    const text = await read(path)
    if (!text.includes("from 'prom-client'")) continue
    for (const [, name = ''] of text.matchAll(/'((?:wag|simulator|http)_[a-z_]+)'/g)) names.add(name)
  }
  return [...names]
}

t.test('docs/operations.md lists every metric that is registered, and no other', async (t) => {
  const names = await registered()
  t.ok(names.length > 15)
  t.strictSame(documented.sort(), names.sort())
})
