import { Type } from 'typebox'
import { fixed, IdSchema } from '../field.ts'
import { body, FooterSchema, kind } from './parts.ts'

/** One product of a catalogue; the same in a card of a carousel. */
export const ProductActionSchema = fixed({ catalog_id: IdSchema, product_retailer_id: IdSchema })

export const ProductSchema = kind('product', ProductActionSchema, {
  body: Type.Optional(body()),
  footer: Type.Optional(FooterSchema)
})
