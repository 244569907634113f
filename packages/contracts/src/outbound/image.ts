import { Type } from 'typebox'
import { fixed } from './field.ts'
import { CaptionSchema, oneSource, source } from './medium.ts'
import { withRule } from './rule.ts'

export const ImageSchema = withRule(fixed({ ...source, caption: Type.Optional(CaptionSchema) }), oneSource)
