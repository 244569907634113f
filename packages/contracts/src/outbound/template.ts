import { type Static, Type } from 'typebox'
import { type Problem } from '../errors.ts'
import { fixed } from './field.ts'
import { withRule } from './rule.ts'
import { BodySchema } from './template/body.ts'
import { ButtonSchema, buttonIndexes } from './template/button.ts'
import { TemplateCarouselSchema } from './template/carousel.ts'
import { HeaderSchema } from './template/header.ts'
import { LimitedTimeOfferSchema } from './template/limited-time-offer.ts'
import { offerCode } from './template/offer-code.ts'
import { onlyOnce } from './template/only-once.ts'
import { TemplateOrderStatusSchema } from './template/order-status.ts'
import { TapTargetSchema } from './template/tap-target.ts'

/** Characters in a template's name (Meta's limit). */
export const templateNameLengthMax = 512

// Meta lets no dash into a name, yet its own samples have one: whether the template exists is for Meta to say.
const NameSchema = Type.String({
  minLength: 1,
  maxLength: templateNameLengthMax,
  pattern: '^[a-z0-9_-]+$',
  description: 'must consist of lower-case letters, digits and underscores'
})

const LanguageSchema = fixed({
  code: Type.String({
    maxLength: 35,
    pattern: '^[A-Za-z]{2,8}([_-][A-Za-z0-9]{1,8})*$',
    description: 'must be a language such as en or en_US'
  }),
  policy: Type.Optional(Type.Literal('deterministic'))
})

const ComponentSchema = Type.Union([
  HeaderSchema,
  BodySchema,
  ButtonSchema,
  LimitedTimeOfferSchema,
  TemplateCarouselSchema,
  TapTargetSchema,
  TemplateOrderStatusSchema
])

export const TemplateSchema = fixed({
  name: NameSchema,
  language: LanguageSchema,
  components: Type.Optional(withRule(Type.Array(ComponentSchema, { maxItems: 20 }), distinct))
})

function distinct(components: Static<typeof ComponentSchema>[]): Problem[] {
  return [...onlyOnce(components), ...buttonIndexes(components), ...offerCode(components)]
}
