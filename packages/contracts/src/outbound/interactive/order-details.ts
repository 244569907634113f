import { Type } from 'typebox'
import { fixed } from '../field.ts'
import { withRule } from '../rule.ts'
import { addsUp, OrderDetailsParametersSchema } from './order.ts'
import { body, FooterSchema, HeaderSchema, kind } from './parts.ts'

export const OrderDetailsSchema = kind(
  'order_details',
  fixed({ name: Type.Literal('review_and_pay'), parameters: withRule(OrderDetailsParametersSchema, addsUp) }),
  { header: Type.Optional(HeaderSchema), body: body(), footer: Type.Optional(FooterSchema) }
)
