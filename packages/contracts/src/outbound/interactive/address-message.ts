import { Type } from 'typebox'
import { fixed, IdSchema } from '../field.ts'
import { body, FooterSchema, HeaderSchema, kind } from './parts.ts'

/** Fields of an address by name; Meta adds names with each country. */
const AddressSchema = Type.Object({ in_pin_code: Type.Optional(Type.String({ maxLength: 6 })) })

export const AddressMessageSchema = kind(
  'address_message',
  fixed({
    name: Type.Literal('address_message'),
    parameters: fixed({
      country: Type.String({ pattern: '^[A-Z]{2}$', description: 'must be a country code of two letters such as IN' }),
      values: Type.Optional(AddressSchema),
      saved_addresses: Type.Optional(Type.Array(fixed({ id: IdSchema, value: AddressSchema }))),
      validation_errors: Type.Optional(Type.Record(Type.String(), Type.String()))
    })
  }),
  { header: Type.Optional(HeaderSchema), body: body(), footer: Type.Optional(FooterSchema) }
)
