/** Digits at the end that no spelling of a number changes, and at its beginning. */
const tail = 7
const head = 2

/**
 * Whether two numbers, in digits, may be spellings of one: national rules put a digit or two in behind the country code, or
 * leave them out (the 9 of Brazil and Argentina, the 1 of Mexico, the 01 of Benin). Any other number in Meta's answer is not
 * who we wrote to.
 */
export function isSpelling(one: string, other: string): boolean {
  const added = Math.abs(one.length - other.length)
  return (
    added >= 1 && added <= 2 && one.slice(-tail) === other.slice(-tail) && one.slice(0, head) === other.slice(0, head)
  )
}
