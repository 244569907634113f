import { type Static, Type } from 'typebox'
import { type Problem } from '../../errors.ts'
import { fixed, text } from '../field.ts'
import { unless, withRule } from '../rule.ts'
import { repeated } from '../unique.ts'
import { body, buttonTitleLengthMax, FooterSchema, kind, TextHeaderSchema } from './parts.ts'
import { sectionTitles } from './section.ts'

/** Rows of a list in all its sections (Meta's limit). */
const rowsMax = 10

const RowSchema = fixed({
  id: text(200),
  title: text(24),
  description: Type.Optional(Type.String({ maxLength: 72 }))
})

const SectionSchema = fixed({
  title: Type.Optional(Type.String({ maxLength: 24 })),
  rows: Type.Array(RowSchema, { minItems: 1, maxItems: rowsMax })
})

const SectionsSchema = withRule(Type.Array(SectionSchema, { minItems: 1, maxItems: 10 }), rowsAndTitles)

export const ListSchema = kind('list', fixed({ button: text(buttonTitleLengthMax), sections: SectionsSchema }), {
  header: Type.Optional(TextHeaderSchema),
  body: body(4096),
  footer: Type.Optional(FooterSchema)
})

function rowsAndTitles(sections: Static<typeof SectionSchema>[]): Problem[] {
  const rows = sections.flatMap((section, place) =>
    section.rows.map(({ id }, index) => ({ id, pointer: `/${place}/rows/${index}/id` }))
  )
  return [
    ...unless(rows.length <= rowsMax, '', `must not have more than ${rowsMax} rows in all sections together`),
    ...repeated(
      rows,
      ({ id }) => id,
      (index) => rows[index]?.pointer ?? ''
    ),
    ...sectionTitles(sections)
  ]
}
