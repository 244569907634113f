import { Type } from 'typebox'
import { fixed, IdSchema } from './field.ts'
import { unless, withRule } from './rule.ts'

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
// Pictures, flags, and the keys of a telephone.
const emojiShape = /\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|\u20E3/u

/** An emoji may be joined of many code points; an empty one takes the reaction back. */
const EmojiSchema = withRule(Type.String({ maxLength: 64 }), (emoji) =>
  unless(emoji === '' || isEmoji(emoji), '', 'must be one emoji, or empty to take the reaction back')
)

function isEmoji(text: string): boolean {
  return emojiShape.test(text) && [...graphemes.segment(text)].length === 1
}

export const ReactionSchema = fixed({ message_id: IdSchema, emoji: EmojiSchema })
