import { Type } from 'typebox'
import { fixed, IdSchema } from './field.ts'
import { unless, withRule } from './rule.ts'

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** An emoji may be joined of many code points; an empty one takes the reaction back. */
const EmojiSchema = withRule(Type.String({ maxLength: 64 }), (emoji) =>
  unless([...graphemes.segment(emoji)].length <= 1, '', 'must be one emoji, or empty to take the reaction back')
)

export const ReactionSchema = fixed({ message_id: IdSchema, emoji: EmojiSchema })
