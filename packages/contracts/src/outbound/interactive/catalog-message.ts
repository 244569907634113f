import { Type } from 'typebox'
import { fixed, IdSchema } from '../field.ts'
import { body, FooterSchema, kind } from './parts.ts'

export const CatalogMessageSchema = kind(
  'catalog_message',
  fixed({
    name: Type.Literal('catalog_message'),
    parameters: Type.Optional(fixed({ thumbnail_product_retailer_id: Type.Optional(IdSchema) }))
  }),
  { body: body(), footer: Type.Optional(FooterSchema) }
)
