import { type Static, Type } from 'typebox'

/** An erasure or an export of a contact, as the audit shows it. */
export const PrivacyRequestViewSchema = Type.Object({
  id: Type.String(),
  kind: Type.Enum(['erasure', 'export']),
  contact_id: Type.Integer(),
  key_id: Type.String({ description: 'The API key it was asked for with.' }),
  state: Type.Enum(['running', 'done']),
  requested_at: Type.String(),
  finished_at: Type.Union([Type.String(), Type.Null()]),
  counts: Type.Record(Type.String(), Type.Integer())
})
export type PrivacyRequestView = Static<typeof PrivacyRequestViewSchema>

/** A page of the audit, newest first; `next` is the cursor of the page after it. */
export const PrivacyRequestPageSchema = Type.Object({
  requests: Type.Array(PrivacyRequestViewSchema),
  next: Type.Optional(Type.String())
})
