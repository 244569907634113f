import { Type } from 'typebox'
import { fixed } from './field.ts'
import { CaptionSchema, FilenameSchema, oneSource, source } from './medium.ts'
import { withRule } from './rule.ts'

export const DocumentSchema = withRule(
  fixed({ ...source, caption: Type.Optional(CaptionSchema), filename: Type.Optional(FilenameSchema) }),
  oneSource
)
