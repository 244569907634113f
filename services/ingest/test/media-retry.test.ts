import t from 'tap'
import { afterTrouble, type Trouble } from '../src/media/retry.ts'

const now = Date.parse('2026-11-22T12:00:00Z')
const since = new Date(now - 60_000)
const old = new Date(now - 8 * 24 * 3_600_000)
const almostOld = new Date(now - 6.9 * 24 * 3_600_000)

function after(kind: Trouble['kind'], tries: { attempts?: number; faults?: number; since?: Date } = {}, jitter = 0) {
  return afterTrouble({ kind, reason: '' }, { attempts: 1, faults: 0, since, ...tries }, 1_000, { now, jitter })
}

t.test('waits grow, end at half an hour, and differ', async (t) => {
  const waits = [1, 2, 3, 4, 8, 100, 100_000].map((attempts) => after('away', { attempts }))
  t.strictSame(
    waits,
    [1_000, 3_000, 9_000, 27_000, 1_800_000, 1_800_000, 1_800_000].map((delayMs) => ({ delayMs }))
  )
  t.strictSame(after('away', {}, 1), { delayMs: 1_250 })
})

t.test('what does not work now is tried for as long as Meta keeps it', async (t) => {
  t.match(after('away', { attempts: 500, faults: 3, since: almostOld }), { delayMs: 1_800_000 })
  t.equal(after('away', { attempts: 500, since: old }), 'gone')
})

t.test('what cannot be right is tried four times, what Meta says it has not eight', async (t) => {
  t.match(after('wrong', { faults: 2 }), { delayMs: 1_000 })
  t.equal(after('wrong', { faults: 3 }), 'failed')
  t.match(after('missing', { faults: 6 }), { delayMs: 1_000 })
  t.equal(after('missing', { faults: 7 }), 'gone')
})
