import t from 'tap'
import { type Putback, retryDelayMs } from '../src/index.ts'

const pair: Putback = { kind: 'throttled', scope: 'pair', retryAfterMs: 1000 }
const number: Putback = { kind: 'throttled', scope: 'number', retryAfterMs: 1000 }
const app: Putback = { kind: 'throttled', scope: 'app', retryAfterMs: 60_000 }
const slow: Putback = { kind: 'throttled', scope: 'number', retryAfterMs: 120_000 }
const unsent: Putback = { kind: 'unsent' }

const rows: [string, Putback, number[], number[]][] = [
  ['a pair waits 4^x seconds, as Meta asks, up to ten minutes', pair, [0, 1, 2, 3, 9], [1e3, 4e3, 16e3, 64e3, 600e3]],
  ['a number comes back after a second, then slower', number, [0, 1, 2, 9], [1e3, 2e3, 4e3, 30e3]],
  ['an app waits a minute and more', app, [0, 1, 9], [60e3, 120e3, 900e3]],
  ['a longer wait that was asked for is kept', slow, [0, 5], [120e3, 120e3]],
  ['what could not be reached is tried within 30 s', unsent, [0, 1, 4, 5, 60], [1e3, 2e3, 16e3, 30e3, 30e3]]
]

for (const [name, outcome, attempts, delays] of rows) {
  t.test(name, async (t) => {
    t.same(
      attempts.map((count) => retryDelayMs(outcome, count, 0)),
      delays
    )
  })
}

t.test('jitter adds up to half', async (t) => {
  t.equal(retryDelayMs(number, 0, 1), 1500)
  t.equal(retryDelayMs(number, 0, 0.5), 1250)
  t.equal(retryDelayMs(unsent, -1, 0), 1000)
})
