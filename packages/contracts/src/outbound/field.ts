import { type TProperties, Type } from 'typebox'
import { unless, withRule } from './rule.ts'

/** An object of Meta's with a fixed shape: a field it does not have is refused. */
export function fixed<Properties extends TProperties>(properties: Properties) {
  return Type.Object(properties, { additionalProperties: false })
}

/** A text of 1 to `maxLength` characters. A character is a code point: most emoji count once, joined ones by their parts. */
export function text(maxLength: number) {
  return Type.String({ minLength: 1, maxLength })
}

/** What Meta or the business has named: a medium, a product, a flow, a message. Opaque. */
export const IdSchema = text(512)

/** Free data, carried as it is. */
export const DataSchema = Type.Record(Type.String(), Type.Unknown())

const linkRule = 'must be an http or https URL'

/** An address that Meta or a phone opens. */
export const LinkSchema = withRule(
  Type.String({
    minLength: 1,
    maxLength: 2048,
    pattern: String.raw`^[hH][tT][tT][pP][sS]?:\/\/[^\s]+$`,
    description: linkRule
  }),
  (link) => unless(URL.canParse(link), '', linkRule)
)
