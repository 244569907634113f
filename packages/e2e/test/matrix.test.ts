import t from 'tap'
import { matrix } from '../src/index.ts'

t.test('every row of the fault matrix has a number of its own and says what is expected', async (t) => {
  t.equal(new Set(matrix.map(({ id }) => id)).size, matrix.length)
  for (const { id, title, expected } of matrix) t.ok(/^F\d+$/.test(id) && title !== '' && expected !== '', id)
})
