import { Type } from 'typebox'
import { fixed, IdSchema } from '../field.ts'
import { body, FooterSchema, kind, TextHeaderSchema } from './parts.ts'
import { ProductSectionsSchema } from './section.ts'

export const ProductListSchema = kind(
  'product_list',
  fixed({ catalog_id: IdSchema, sections: ProductSectionsSchema }),
  { header: TextHeaderSchema, body: body(), footer: Type.Optional(FooterSchema) }
)
