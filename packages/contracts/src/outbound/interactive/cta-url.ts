import { Type } from 'typebox'
import { fixed, LinkSchema, text } from '../field.ts'
import { body, buttonTitleLengthMax, FooterSchema, HeaderSchema, kind } from './parts.ts'

/** A button that opens a page; the same in a card of a carousel. */
export const CtaUrlActionSchema = fixed({
  name: Type.Literal('cta_url'),
  parameters: fixed({
    display_text: text(buttonTitleLengthMax),
    url: LinkSchema,
    payment_link_preview: Type.Optional(Type.Boolean())
  })
})

export const CtaUrlSchema = kind('cta_url', CtaUrlActionSchema, {
  header: Type.Optional(HeaderSchema),
  body: body(),
  footer: Type.Optional(FooterSchema)
})
