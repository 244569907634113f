import { type Problem } from '../../errors.ts'
import { unless } from '../rule.ts'

/** Characters in the code of an offer that ends (Meta's limit); those of other coupons may have 20. */
const offerCodeMax = 15

/** Beside an offer that ends, a code to copy is shorter. */
export function offerCode(components: { type: string; parameters?: readonly object[] }[]): Problem[] {
  if (!components.some(({ type }) => type.toLowerCase() === 'limited_time_offer')) return []
  const rule = `must not be longer than ${offerCodeMax} characters beside limited_time_offer`
  return components.flatMap(({ parameters: [first] = [] }, place) => {
    const code = first && 'coupon_code' in first ? String(first.coupon_code) : ''
    return unless(Array.from(code).length <= offerCodeMax, `/${place}/parameters/0/coupon_code`, rule)
  })
}
