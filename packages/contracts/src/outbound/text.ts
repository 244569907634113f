import { Type } from 'typebox'
import { fixed, text } from './field.ts'

/** Characters in the body of a text message (Meta's limit). */
export const textLengthMax = 4096
/** Characters in the body of a text that Meta delivers outside the window by its category (Direct Send). */
export const directTextLengthMax = 1024

export const TextSchema = fixed({ body: text(textLengthMax), preview_url: Type.Optional(Type.Boolean()) })
