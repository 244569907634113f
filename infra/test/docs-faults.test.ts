import { matrix } from '@wag/e2e'
import t from 'tap'
import { read, tableRows } from './docs-file.ts'

const documented = tableRows(await read('docs/faults.md'))

t.test('docs/faults.md lists every row of the fault matrix, and no other, by number', async (t) => {
  t.strictSame(
    [...documented.keys()],
    Array.from({ length: 49 }, (_, index) => `F${index + 1}`)
  )
  t.strictSame(
    matrix.map(({ id }) => id),
    [...documented.keys()]
  )
})

t.test('every row says what the harness says, and how it is brought about', async (t) => {
  for (const { id, title, expected } of matrix) {
    const [strikes, outcome, how = ''] = documented.get(id) ?? []
    t.equal(strikes, title, id)
    t.equal(outcome, expected, id)
    t.not(how, '', id)
  }
})
