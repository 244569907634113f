import { type Brake } from '@wag/contracts'
import t from 'tap'
import { brakeOf } from '../src/brake.ts'
import { outcomeOf, readOutcome } from '../src/outcome.ts'

const slow = { scope: 'number', factor: 0.7, holdMs: 1_000 } as const

const expected: [code: number, attempts: number, brake: Brake | undefined][] = [
  [130429, 1, slow],
  [131208, 9, slow],
  [133016, 1, { ...slow, holdMs: 60_000 }],
  [131057, 1, { scope: 'number', factor: 0.5, holdMs: 5_000 }],
  [131056, 1, { scope: 'pair', holdMs: 1_000 }],
  [131056, 4, { scope: 'pair', holdMs: 64_000 }],
  [80007, 1, { scope: 'waba', holdMs: 60_000 }],
  [17, 1, { scope: 'token', holdMs: 60_000 }],
  [4, 1, { scope: 'app', holdMs: 60_000 }],
  [134101, 1, undefined],
  [131000, 1, undefined],
  [131042, 1, undefined],
  [999_999, 1, undefined]
]

t.test('the pace gives way to a code in the same way whether it is an answer or comes later', async (t) => {
  for (const [code, attempts, brake] of expected) {
    const body = Buffer.from(JSON.stringify({ error: { code, message: 'x' } }))
    const answer = readOutcome({ kind: 'answered', answer: { status: 400, body, retryAfterSeconds: undefined } })
    const later = outcomeOf({ code, message: 'x' })
    t.strictSame(later, answer, `${code}`)
    t.strictSame(brakeOf(answer, attempts), brake, `${code}`)
    t.strictSame(brakeOf(later, attempts), brake, `${code}, later`)
  }
  t.equal(brakeOf({ kind: 'sent', wamid: 'wamid.x' }, 1), undefined)
})
