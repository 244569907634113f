import { Type } from 'typebox'
import { fixed } from '../field.ts'
import { body, kind } from './parts.ts'

/** Asks a person who is known by a user id for their phone number; Meta writes the button. */
export const ContactRequestSchema = kind(
  'request_contact_info',
  fixed({ name: Type.Literal('request_contact_info') }),
  { body: body() }
)
