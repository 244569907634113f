import { type Static, Type } from 'typebox'
import { type Problem } from '../../errors.ts'
import { fixed, IdSchema } from '../field.ts'
import { unless, withRule } from '../rule.ts'

/** Products in all sections together (Meta's limit). */
const productsMax = 30

/** Sections of more than one need titles to be told apart. */
export function sectionTitles(sections: { title?: string }[]): Problem[] {
  if (sections.length === 1) return []
  return sections.flatMap(({ title }, index) =>
    unless(Boolean(title), `/${index}/title`, 'is required where there is more than one section')
  )
}

const ProductSectionSchema = fixed({
  title: Type.Optional(Type.String({ maxLength: 24 })),
  product_items: Type.Array(fixed({ product_retailer_id: IdSchema }), { minItems: 1, maxItems: productsMax })
})

/** Sections of products, in a product list and in the button of a template. */
export const ProductSectionsSchema = withRule(
  Type.Array(ProductSectionSchema, { minItems: 1, maxItems: 10 }),
  productsAndTitles
)

function productsAndTitles(sections: Static<typeof ProductSectionSchema>[]): Problem[] {
  const count = sections.reduce((sum, { product_items: items }) => sum + items.length, 0)
  const rule = `must not have more than ${productsMax} products in all sections together`
  return [...unless(count <= productsMax, '', rule), ...sectionTitles(sections)]
}
