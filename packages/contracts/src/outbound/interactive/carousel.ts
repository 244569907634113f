import { type Static, Type } from 'typebox'
import { type Problem } from '../../errors.ts'
import { fixed, text } from '../field.ts'
import { unless, withRule } from '../rule.ts'
import { repeated } from '../unique.ts'
import { CtaUrlActionSchema } from './cta-url.ts'
import { body, buttonTitleLengthMax, CardHeaderSchema, kind } from './parts.ts'
import { ProductActionSchema } from './product.ts'

const lineBreaksMax = 2

const CardIndexSchema = Type.Integer({ minimum: 0, maximum: 9 })

const QuickRepliesSchema = fixed({
  buttons: Type.Array(
    fixed({
      type: Type.Literal('quick_reply'),
      quick_reply: fixed({ id: text(256), title: text(buttonTitleLengthMax) })
    }),
    { minItems: 1, maxItems: 3 }
  )
})

const MediaCardSchema = fixed({
  card_index: CardIndexSchema,
  type: Type.Literal('cta_url'),
  header: CardHeaderSchema,
  body: Type.Optional(withRule(body(160), fewLines)),
  action: Type.Union([CtaUrlActionSchema, QuickRepliesSchema], {
    description: 'must have buttons, or name and parameters'
  })
})

const ProductCardSchema = fixed({
  card_index: CardIndexSchema,
  type: Type.Literal('product'),
  action: ProductActionSchema
})

const CardSchema = Type.Union([MediaCardSchema, ProductCardSchema])
type Card = Static<typeof CardSchema>

const CardsSchema = withRule(Type.Array(CardSchema, { minItems: 2, maxItems: 10 }), alike)

export const CarouselSchema = kind('carousel', fixed({ cards: CardsSchema }), { body: body() })

function fewLines({ text: lines }: { text: string }): Problem[] {
  const rule = `must not have more than ${lineBreaksMax} line breaks`
  return unless((lines.match(/\n/g) ?? []).length <= lineBreaksMax, '/text', rule)
}

function alike(cards: Card[]): Problem[] {
  const [first] = cards
  const odd = cards.findIndex((card) => first && layoutOf(card) !== layoutOf(first))
  const rule = 'must have the same header, buttons and catalogue as the first card'
  return [...unless(odd === -1, `/${odd}`, rule), ...repeated(cards, indexOf, (place) => `/${place}/card_index`)]
}

function indexOf(card: Card): number {
  return card.card_index
}

function layoutOf(card: Card): string {
  if (card.type === 'product') return `product ${card.action.catalog_id}`
  const buttons = 'buttons' in card.action ? `${card.action.buttons.length} quick replies` : 'url'
  return `${card.header.type} ${buttons}`
}
