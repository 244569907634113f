import t from 'tap'
import { kill } from '../src/faults/rows-processes.ts'
import { matrix, runFaults } from '../src/index.ts'

const quick = matrix.filter(({ id }) => ['F8', 'F17', 'F30'].includes(id))
const once = matrix
  .filter(({ id }) => id === 'F4')
  .map((fault) => ({ ...fault, strike: (arena: Parameters<typeof kill>[0]) => kill(arena, 'sender') }))

t.test('a short mix of faults under load breaks no promise', async (t) => {
  const faults = [...once, ...quick]
  const reports = await runFaults(t, { seed: 5, faults, log: (line) => t.comment(line) })
  for (const { id, title, wrong } of reports) t.same(wrong, [], `${id}: ${title}`)
  t.equal(reports.length, 4)
})
