import { type TProperties, type TSchema, Type } from 'typebox'
import { fixed, text } from '../field.ts'
import { FilenameSchema, oneSource, source } from '../medium.ts'
import { withRule } from '../rule.ts'

/** Characters in the label of a button (Meta's limit). */
export const buttonTitleLengthMax = 20

/** The text under the header: 1,024 characters, but 4,096 in a list (Meta's limits). */
export const body = (maxLength = 1024) => fixed({ text: text(maxLength) })

export const FooterSchema = fixed({ text: text(60) })

export const TextHeaderSchema = fixed({
  type: Type.Literal('text'),
  text: text(60),
  sub_text: Type.Optional(text(60))
})

const ImageHeaderSchema = fixed({ type: Type.Literal('image'), image: withRule(fixed(source), oneSource) })
const VideoHeaderSchema = fixed({ type: Type.Literal('video'), video: withRule(fixed(source), oneSource) })
const DocumentHeaderSchema = fixed({
  type: Type.Literal('document'),
  document: withRule(fixed({ ...source, filename: Type.Optional(FilenameSchema) }), oneSource)
})

export const HeaderSchema = Type.Union([TextHeaderSchema, ImageHeaderSchema, VideoHeaderSchema, DocumentHeaderSchema])
export const CardHeaderSchema = Type.Union([ImageHeaderSchema, VideoHeaderSchema])

/** One kind of interactive message: its name, its action, and whichever parts it may have. */
export function kind<Name extends string, Action extends TSchema, Parts extends TProperties>(
  name: Name,
  action: Action,
  parts: Parts
) {
  return fixed({ type: Type.Literal(name), ...parts, action })
}
