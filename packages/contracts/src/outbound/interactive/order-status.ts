import { Type } from 'typebox'
import { fixed } from '../field.ts'
import { ReferenceIdSchema } from './order.ts'
import { body, FooterSchema, HeaderSchema, kind } from './parts.ts'

const statuses = [
  'pending',
  'processing',
  'partially_shipped',
  'shipped',
  'completed',
  'canceled',
  'captured',
  'failed'
] as const

/** An order and where it stands; the same in a template. */
export const OrderStatusParametersSchema = Type.Object({
  reference_id: ReferenceIdSchema,
  order: Type.Object({
    status: Type.Enum(statuses),
    description: Type.Optional(Type.String({ maxLength: 120 }))
  })
})

export const OrderStatusSchema = kind(
  'order_status',
  fixed({ name: Type.Literal('review_order'), parameters: OrderStatusParametersSchema }),
  { header: Type.Optional(HeaderSchema), body: body(), footer: Type.Optional(FooterSchema) }
)
