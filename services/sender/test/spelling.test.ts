import t from 'tap'
import { isSpelling } from '../src/spelling.ts'

t.test('numbers that differ by what national rules add are spellings of one, others are two persons', async (t) => {
  for (const [one, other] of [
    ['5511987654321', '551187654321'],
    ['5215512345678', '525512345678'],
    ['541115123456789', '5411123456789'],
    ['2290197123456', '22997123456']
  ] as const) {
    t.ok(isSpelling(one, other), `${one} ${other}`)
    t.ok(isSpelling(other, one), `${other} ${one}`)
  }
  for (const [one, other] of [
    ['16505551234', '16505551234'],
    ['16505551234', '16505551235'],
    ['16505551234', '4916505551234'],
    ['5511987654321', '525587654321'],
    ['16505551234', '']
  ] as const) {
    t.notOk(isSpelling(one, other), `${one} ${other}`)
  }
})
