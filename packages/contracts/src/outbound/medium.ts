import { type Static, Type } from 'typebox'
import { IdSchema, LinkSchema, text } from './field.ts'
import { type Rule, unless } from './rule.ts'

/** Where a medium comes from: uploaded before, or fetched by Meta. */
export const source = {
  id: Type.Optional(IdSchema),
  link: Type.Optional(LinkSchema),
  provider: Type.Optional(text(256))
}

/** Characters in the caption of an image, video or document (Meta's limit). */
export const captionLengthMax = 1024
/** Characters in a document's file name; its extension decides the icon. */
export const filenameLengthMax = 240

export const CaptionSchema = Type.String({ maxLength: captionLengthMax })
export const FilenameSchema = text(filenameLengthMax)

type Source = { id?: Static<typeof IdSchema>; link?: Static<typeof LinkSchema> }

/** Exactly one of `id` and `link`. */
export const oneSource: Rule<Source> = ({ id, link }) => {
  if (id === undefined) return unless(link !== undefined, '', 'must have an id or a link')
  return unless(link === undefined, '/link', 'must not be given together with id')
}
