import { Type } from 'typebox'
import { fixed, text } from './field.ts'
import { unless, withRule } from './rule.ts'

/** Meta's pages write coordinates as texts, its OpenAPI samples as numbers. */
function coordinate(limit: number) {
  const rule = `must be a number from -${limit} to ${limit}`
  const number = Type.Number({ minimum: -limit, maximum: limit })
  const digits = Type.String({ maxLength: 40, pattern: String.raw`^[-+]?\d+(\.\d+)?$` })
  return Type.Union([number, withRule(digits, (value) => unless(Math.abs(Number(value)) <= limit, '', rule))], {
    description: rule
  })
}

export const LocationSchema = fixed({
  latitude: coordinate(90),
  longitude: coordinate(180),
  name: Type.Optional(text(1024)),
  address: Type.Optional(text(1024))
})
