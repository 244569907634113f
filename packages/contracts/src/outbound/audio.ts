import { Type } from 'typebox'
import { fixed } from './field.ts'
import { oneSource, source } from './medium.ts'
import { withRule } from './rule.ts'

/** `voice` makes it a voice note; Meta takes only Ogg with Opus as one. */
export const AudioSchema = withRule(fixed({ ...source, voice: Type.Optional(Type.Boolean()) }), oneSource)
