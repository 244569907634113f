import { type Static, Type } from 'typebox'
import { type Problem } from '../../errors.ts'
import { fixed } from '../field.ts'
import { withRule } from '../rule.ts'
import { repeated } from '../unique.ts'
import { BodySchema } from './body.ts'
import { ButtonSchema, buttonIndexes } from './button.ts'
import { word } from './component.ts'
import { HeaderSchema } from './header.ts'
import { onlyOnce } from './only-once.ts'

const CardComponentSchema = Type.Union([HeaderSchema, BodySchema, ButtonSchema])

const CardSchema = fixed({
  card_index: Type.Integer({ minimum: 0, maximum: 9 }),
  components: withRule(Type.Array(CardComponentSchema, { minItems: 1, maxItems: 12 }), distinct)
})

/** The cards of a template; as many as its definition has, which Meta counts. */
export const TemplateCarouselSchema = fixed({
  type: word('carousel'),
  cards: withRule(Type.Array(CardSchema, { minItems: 1, maxItems: 10 }), (cards) =>
    repeated(
      cards,
      ({ card_index: place }) => place,
      (index) => `/${index}/card_index`
    )
  )
})

function distinct(components: Static<typeof CardComponentSchema>[]): Problem[] {
  return [...onlyOnce(components), ...buttonIndexes(components)]
}
