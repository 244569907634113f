import { type Static, Type } from 'typebox'
import { type Problem } from '../../errors.ts'
import { fixed, text } from '../field.ts'
import { unless, withRule } from '../rule.ts'
import { repeated } from '../unique.ts'
import { parameter, word } from './component.ts'

/** Characters of a template's body with its parameters filled in (Meta's limit): none of them can be longer. */
const bodyLengthMax = 1024

const CurrencySchema = fixed({
  fallback_value: text(bodyLengthMax),
  code: Type.String({ pattern: '^[A-Z]{3}$', description: 'must be a currency code of three letters such as USD' }),
  amount_1000: Type.Integer()
})

// Of all the parts of a date, the Cloud API only shows `fallback_value`.
const DateTimeSchema = Type.Object({ fallback_value: text(bodyLengthMax) })

const BodyParameterSchema = Type.Union([
  parameter('text', { text: text(bodyLengthMax) }),
  parameter('currency', { currency: CurrencySchema }),
  parameter('date_time', { date_time: DateTimeSchema })
])

/** The parameters of a template's body: by their order, or every one by its name. */
export const BodySchema = fixed({ type: word('body'), parameters: withRule(Type.Array(BodyParameterSchema), named) })

function named(parameters: Static<typeof BodyParameterSchema>[]): Problem[] {
  const names = parameters.map(({ parameter_name: name }) => name)
  if (names.every((name) => name === undefined)) return []
  return [
    ...names.flatMap((name, index) =>
      unless(name !== undefined, `/${index}/parameter_name`, 'is required on every parameter or on none')
    ),
    ...repeated(
      names,
      (name) => name,
      (index) => `/${index}/parameter_name`
    )
  ]
}
