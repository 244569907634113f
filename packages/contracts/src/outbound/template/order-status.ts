import { Type } from 'typebox'
import { fixed } from '../field.ts'
import { OrderStatusParametersSchema } from '../interactive/order-status.ts'
import { parameter, word } from './component.ts'

/** Where an order stands, in a template. */
export const TemplateOrderStatusSchema = fixed({
  type: word('order_status'),
  parameters: Type.Array(parameter('order_status', { order_status: OrderStatusParametersSchema }), {
    minItems: 1,
    maxItems: 1
  })
})
