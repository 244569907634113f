import { type SendOutcome } from '@wag/graph'

/** So many POSTs in a row that did not reach Meta are chance; each further one doubles the wait, up to a bound. In ms. */
const chanceMax = 5
const firstMs = 250
const longestMs = 5_000

/** What came of a POST. Returns how long its number should leave Meta alone, in milliseconds. */
export type Outage = (answer: SendOutcome) => number

/** While Meta cannot be reached every slot would cost an attempt and its record: numbers try now and then instead. */
export function createOutage(): Outage {
  let inARow = 0
  return ({ kind }) => {
    if (kind !== 'unsent') {
      inARow = 0
      return 0
    }
    inARow++
    return inARow <= chanceMax ? 0 : Math.min(longestMs, firstMs * 2 ** Math.min(10, inARow - chanceMax - 1))
  }
}
