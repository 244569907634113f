import { Type } from 'typebox'
import { fixed, text } from '../field.ts'
import { ProductActionSchema } from '../interactive/product.ts'
import { LocationSchema } from '../location.ts'
import { FilenameSchema, oneSource, source } from '../medium.ts'
import { withRule } from '../rule.ts'
import { parameter, word } from './component.ts'

const medium = withRule(fixed(source), oneSource)
const document = withRule(fixed({ ...source, filename: Type.Optional(FilenameSchema) }), oneSource)

const HeaderParameterSchema = Type.Union([
  parameter('text', { text: text(60) }),
  parameter('image', { image: medium }),
  parameter('video', { video: medium }),
  parameter('document', { document }),
  parameter('location', { location: LocationSchema }),
  parameter('product', { product: ProductActionSchema })
])

/** What stands above a template's body: one text, medium, place or product. */
export const HeaderSchema = fixed({
  type: word('header'),
  parameters: Type.Array(HeaderParameterSchema, { minItems: 1, maxItems: 1 })
})
