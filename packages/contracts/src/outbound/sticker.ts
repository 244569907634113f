import { fixed } from './field.ts'
import { oneSource, source } from './medium.ts'
import { withRule } from './rule.ts'

export const StickerSchema = withRule(fixed(source), oneSource)
