import { knownErrors } from '@wag/graph'
import t from 'tap'
import { metaErrorsText } from '../meta-errors.ts'
import { read, tableRows } from './docs-file.ts'

const text = await read('docs/meta-errors.md')

t.test('docs/meta-errors.md shows the table of the code (else run: node infra/meta-errors.ts)', async (t) => {
  t.equal(text, metaErrorsText(text))
  t.equal([...tableRows(text).keys()].filter((name) => /^\d/.test(name)).length, knownErrors.length)
})

t.test('it explains every class there is', async (t) => {
  const classes = new Set<string>(knownErrors.map((error) => error.class))
  const explained = [...text.matchAll(/^\| ([a-z_]+) +\|/gm)].map(([, name = '']) => name)
  t.strictSame(explained.toSorted(), [...classes].sort())
})
