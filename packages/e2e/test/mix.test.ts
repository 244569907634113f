import t from 'tap'
import { kill } from '../src/faults/rows-processes.ts'
import { type FaultReport, matrix, runFaults } from '../src/index.ts'

// One death is enough here; `npm run faults` has all five.
const faults = matrix
  .filter(({ id }) => ['F4', 'F8', 'F17'].includes(id))
  .map((fault) =>
    fault.id === 'F4' ? { ...fault, strike: (arena: Parameters<typeof kill>[0]) => kill(arena, 'sender') } : fault
  )

t.test('a short mix of faults under load breaks no promise', async (t) => {
  const load = { sendsPerS: 25, webhooksPerS: 15 }
  const onReport = ({ id, recoveryMs, facts }: FaultReport): void =>
    t.comment(`${id} recovered in ${recoveryMs} ms: ${JSON.stringify(facts)}`)
  const reports = await runFaults(t, { seed: 5, faults, ...load, log: (line) => t.comment(line), onReport })
  t.equal(reports.length, faults.length)
  for (const { id, title, wrong } of reports) t.same(wrong, [], `${id}: ${title}`)
})
