import t from 'tap'
import { checkMessage } from '../../src/index.ts'
import { type Broken, breakMessage } from './broken.ts'

/** Tests that each is refused with exactly one problem: at its pointer, naming its rule. */
export function testBroken(broken: Broken[], now?: number): void {
  for (const [name, change, value, rule, pointer = change] of broken) {
    t.test(`${name}: ${pointer} ${rule}`, async (t) => {
      const check = checkMessage(breakMessage(name, change, value), now)
      t.equal(check.ok, false)
      if (check.ok) return
      t.match(check.problems, [{ pointer, detail: rule }])
      t.equal(check.problems.length, 1, 'and nothing else')
      t.ok(check.problems[0]?.detail.includes(rule), check.problems[0]?.detail ?? '')
    })
  }
}
