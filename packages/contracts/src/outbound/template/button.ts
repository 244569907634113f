import { type Static, type TSchema, Type } from 'typebox'
import { type Problem } from '../../errors.ts'
import { DataSchema, fixed, IdSchema, text } from '../field.ts'
import { addsUp, OrderDetailsParametersSchema } from '../interactive/order.ts'
import { ProductSectionsSchema } from '../interactive/section.ts'
import { CallPayloadSchema, TtlMinutesSchema } from '../interactive/voice-call.ts'
import { withRule } from '../rule.ts'
import { repeated } from '../unique.ts'
import { parameter, word } from './component.ts'

/** The place of a button in its template. Meta's samples write numbers and texts. */
const IndexSchema = Type.Union([Type.Integer({ minimum: 0, maximum: 9 }), Type.String({ pattern: '^[0-9]$' })], {
  description: 'must be a number from 0 to 9'
})

const required = { minItems: 1, maxItems: 1 }

function button<Kind extends string, Parameters extends TSchema>(kind: Kind, parameters: Parameters) {
  return fixed({ type: word('button'), sub_type: word(kind), index: IndexSchema, parameters })
}

function action<Action extends TSchema>(schema: Action) {
  return parameter('action', { action: schema })
}

const CatalogActionSchema = fixed({ thumbnail_product_retailer_id: Type.Optional(IdSchema) })

const ProductsActionSchema = fixed({
  thumbnail_product_retailer_id: Type.Optional(IdSchema),
  sections: ProductSectionsSchema
})

const FlowActionSchema = fixed({
  flow_token: Type.Optional(text(4096)),
  flow_action_data: Type.Optional(DataSchema)
})

// One of Meta's samples answers with `true` and `false`.
const QuickReplyParameterSchema = Type.Union([
  parameter('payload', { payload: text(1024) }),
  parameter('text', { text: Type.Union([text(1024), Type.Boolean()], { description: 'must be a text' }) })
])

const CallParameterSchema = Type.Union([
  parameter('ttl_minutes', { ttl_minutes: TtlMinutesSchema }),
  parameter('payload', { payload: CallPayloadSchema })
])

/** A button's parameters, by the kind of the button. One-time codes go in a button of kind `url`. */
export const ButtonSchema = Type.Union([
  button('quick_reply', Type.Array(QuickReplyParameterSchema, required)),
  button(
    'url',
    Type.Array(parameter('text', { text: text(2000), payment_link_preview: Type.Optional(Type.Boolean()) }), required)
  ),
  button('copy_code', Type.Array(parameter('coupon_code', { coupon_code: text(20) }), required)),
  button('catalog', Type.Optional(Type.Array(action(CatalogActionSchema), { maxItems: 1 }))),
  button('mpm', Type.Array(action(ProductsActionSchema), required)),
  button('flow', Type.Optional(Type.Array(action(FlowActionSchema), { maxItems: 1 }))),
  button(
    'order_details',
    Type.Array(action(fixed({ order_details: withRule(OrderDetailsParametersSchema, addsUp) })), required)
  ),
  fixed({
    type: word('button'),
    sub_type: word('voice_call'),
    index: Type.Optional(IndexSchema),
    parameters: Type.Optional(Type.Array(CallParameterSchema, { maxItems: 2 }))
  })
])

/** No two buttons stand at the same place. */
export function buttonIndexes(components: ({ type: string } | Static<typeof ButtonSchema>)[]): Problem[] {
  return repeated(
    components,
    (component) => ('index' in component && component.index !== undefined ? String(component.index) : undefined),
    (place) => `/${place}/index`
  )
}
