import { type Static, Type } from 'typebox'

const nullableText = Type.Unsafe<string | null>({ type: ['string', 'null'] })

/** The 24 hours in which a customer may be written to freely; `open_until` may be past. */
export const ApiWindowSchema = Type.Object({
  number: Type.String({ description: "Meta's id of your phone number." }),
  open_until: Type.String()
})

/** A customer. Times are ISO 8601 in UTC. */
export const ApiContactSchema = Type.Object({
  id: Type.Integer(),
  wa_id: nullableText,
  user_id: nullableText,
  parent_user_id: nullableText,
  name: Type.String(),
  username: nullableText,
  opt_out: Type.Boolean({ description: 'The customer wants no marketing.' }),
  opt_at: Type.Optional(Type.String({ description: 'When the customer last spoke about marketing.' })),
  windows: Type.Array(ApiWindowSchema),
  merged_ids: Type.Array(Type.Integer(), { description: 'Contacts that turned out to be this person.' })
})
export type ApiContact = Static<typeof ApiContactSchema>

/** A page of contacts by id; `next` is the cursor of the page after it. */
export const ContactPageSchema = Type.Object({
  contacts: Type.Array(ApiContactSchema),
  next: Type.Optional(Type.String())
})
export type ContactPage = Static<typeof ContactPageSchema>
