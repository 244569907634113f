import { Type } from 'typebox'
import { fixed } from '../field.ts'
import { parameter, word } from './component.ts'

/** When the offer of a template ends, in milliseconds since 1970. */
export const LimitedTimeOfferSchema = fixed({
  type: word('limited_time_offer'),
  parameters: Type.Array(
    parameter('limited_time_offer', {
      limited_time_offer: fixed({ expiration_time_ms: Type.Integer({ minimum: 1 }) })
    }),
    { minItems: 1, maxItems: 1 }
  )
})
