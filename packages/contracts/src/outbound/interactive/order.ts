import { type Static, Type } from 'typebox'
import { type Problem } from '../../errors.ts'
import { text } from '../field.ts'
import { unless } from '../rule.ts'

// Payments differ by country and provider, and Meta adds fields: only what all of them share is held here.

/** The business's own name of an order: at most 35 characters in India, 60 in Brazil. */
export const ReferenceIdSchema = Type.String({
  minLength: 1,
  maxLength: 60,
  pattern: '^[A-Za-z0-9_.-]+$',
  description: 'must consist of letters, digits, underscores, dashes and dots'
})

/** An amount times its offset: 12.34 is 1234 with an offset of 100. */
const AmountSchema = Type.Object({
  value: Type.Integer({ minimum: 0 }),
  offset: Type.Integer({ minimum: 1 }),
  description: Type.Optional(Type.String({ maxLength: 60 }))
})

const ItemSchema = Type.Object({
  name: text(60),
  amount: AmountSchema,
  quantity: Type.Integer({ minimum: 1 }),
  sale_amount: Type.Optional(AmountSchema)
})

export const OrderDetailsParametersSchema = Type.Object({
  reference_id: ReferenceIdSchema,
  type: Type.Enum(['digital-goods', 'physical-goods']),
  currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'must be a currency code of three letters such as INR' }),
  total_amount: AmountSchema,
  order: Type.Object({
    status: Type.Literal('pending'),
    items: Type.Array(ItemSchema, { minItems: 1 }),
    subtotal: AmountSchema,
    tax: Type.Optional(AmountSchema),
    shipping: Type.Optional(AmountSchema),
    discount: Type.Optional(AmountSchema)
  })
})

/** The total is what the parts come to. */
export function addsUp(parameters: Static<typeof OrderDetailsParametersSchema>): Problem[] {
  const { total_amount: total, order } = parameters
  const { subtotal, tax, shipping, discount } = order
  const parts = [subtotal, tax, shipping, discount].filter((part) => part !== undefined)
  if (parts.some(({ offset }) => offset !== total.offset)) return []
  const sum = subtotal.value + (tax?.value ?? 0) + (shipping?.value ?? 0) - (discount?.value ?? 0)
  return unless(sum === total.value, '/total_amount/value', 'must be subtotal + tax + shipping - discount of the order')
}
