import { Type } from 'typebox'
import { fixed, LinkSchema, text } from './field.ts'
import { unless, withRule } from './rule.ts'

/** Contact cards in one message (Meta's page; its OpenAPI file says 5). */
export const contactsMax = 257

const part = Type.Optional(text(1024))
const birthdayRule = 'must be a date written YYYY-MM-DD'

const BirthdaySchema = withRule(
  Type.String({ pattern: String.raw`^\d{4}-\d{2}-\d{2}$`, description: birthdayRule }),
  (date) => unless(isDate(date), '', birthdayRule)
)

function isDate(date: string): boolean {
  const time = Date.parse(`${date}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date)
}

const NameSchema = fixed({
  formatted_name: text(1024),
  first_name: part,
  last_name: part,
  middle_name: part,
  suffix: part,
  prefix: part
})

const AddressSchema = fixed({
  street: part,
  city: part,
  state: part,
  zip: part,
  country: part,
  country_code: part,
  type: part
})

const EmailSchema = fixed({
  email: Type.String({
    maxLength: 320,
    pattern: String.raw`^[^\s@]+@[^\s@]+$`,
    description: 'must be an email address'
  }),
  type: part
})

const ContactSchema = fixed({
  name: NameSchema,
  addresses: Type.Optional(Type.Array(AddressSchema)),
  birthday: Type.Optional(BirthdaySchema),
  emails: Type.Optional(Type.Array(EmailSchema)),
  org: Type.Optional(fixed({ company: part, department: part, title: part })),
  phones: Type.Optional(Type.Array(fixed({ phone: text(64), type: part, wa_id: Type.Optional(text(64)) }))),
  urls: Type.Optional(Type.Array(fixed({ url: LinkSchema, type: part })))
})

export const ContactsSchema = Type.Array(ContactSchema, { minItems: 1, maxItems: contactsMax })
