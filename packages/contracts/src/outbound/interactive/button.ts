import { type Static, Type } from 'typebox'
import { type Problem } from '../../errors.ts'
import { fixed, text } from '../field.ts'
import { unless, withRule } from '../rule.ts'
import { repeated } from '../unique.ts'
import { body, buttonTitleLengthMax, FooterSchema, HeaderSchema, kind } from './parts.ts'

const ReplyIdSchema = withRule(text(256), (id) => unless(id === id.trim(), '', 'must not begin or end with a blank'))

const ReplyButtonSchema = fixed({
  type: Type.Literal('reply'),
  reply: fixed({ id: ReplyIdSchema, title: text(buttonTitleLengthMax) })
})

const ReplyButtonsSchema = withRule(Type.Array(ReplyButtonSchema, { minItems: 1, maxItems: 3 }), distinct)

export const ButtonsSchema = kind('button', fixed({ buttons: ReplyButtonsSchema }), {
  header: Type.Optional(HeaderSchema),
  body: body(),
  footer: Type.Optional(FooterSchema)
})

function distinct(buttons: Static<typeof ReplyButtonSchema>[]): Problem[] {
  const replies = buttons.map(({ reply }) => reply)
  return [
    ...repeated(
      replies,
      ({ id }) => id,
      (index) => `/${index}/reply/id`
    ),
    ...repeated(
      replies,
      ({ title }) => title,
      (index) => `/${index}/reply/title`
    )
  ]
}
