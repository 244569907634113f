import t from 'tap'
import { createOutage } from '../src/outage.ts'

const unsent = { kind: 'unsent', error: { message: 'refused' } } as const

t.test('what does not reach Meta again and again waits longer and longer, and not at all once one does', async (t) => {
  const outage = createOutage()
  const waits = Array.from({ length: 30 }, () => outage(unsent))
  t.strictSame(waits.slice(0, 8), [0, 0, 0, 0, 0, 250, 500, 1_000])
  t.equal(waits.at(-1), 5_000)
  t.equal(outage({ kind: 'sent', wamid: 'wamid.1' }), 0)
  t.equal(outage(unsent), 0)
})
