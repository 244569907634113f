import { envelopeBroken } from './broken/envelope.ts'
import { interactiveBroken } from './broken/interactive.ts'
import { simpleBroken } from './broken/simple.ts'
import { templateBroken } from './broken/template.ts'
import { type Broken, breakMessage } from './broken.ts'
import { type Body } from './messages.ts'

/** A message that must be refused, where the problem must point, and a part of the rule it must name. */
export type BrokenMessage = { name: string; body: Body; pointer: string; rule: string }

function bodiesOf(rows: Broken[]): BrokenMessage[] {
  return rows.map(([message, change, value, rule, pointer = change]) => ({
    name: `${message}: ${pointer} ${rule}`,
    body: breakMessage(message, change, value),
    pointer,
    rule
  }))
}

/** Messages of every type with one mistake each; whoever tests what is refused may send them all. */
export const brokenMessages = bodiesOf([...envelopeBroken, ...simpleBroken, ...interactiveBroken, ...templateBroken])

/** Those whose mistake is in Meta's own objects, so that Meta would refuse them, too. */
export const brokenContents = bodiesOf([...simpleBroken, ...interactiveBroken, ...templateBroken])
