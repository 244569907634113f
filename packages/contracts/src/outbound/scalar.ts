import { isRecord } from './is-record.ts'
import { type Keywords } from './shape.ts'

const typeRules = new Map<string, [is: (value: unknown) => boolean, rule: string]>([
  ['object', [isRecord, 'must be an object']],
  ['array', [Array.isArray, 'must be a list']],
  ['string', [(value) => typeof value === 'string', 'must be a text']],
  ['boolean', [(value) => typeof value === 'boolean', 'must be true or false']],
  ['number', [(value) => typeof value === 'number', 'must be a number']],
  ['integer', [Number.isInteger, 'must be a whole number']]
])

/** Which rule about the kind of value is broken, in words. */
export function typeProblem({ type, const: only, enum: allowed }: Keywords, value: unknown): string | undefined {
  if (only !== undefined) return value === only ? undefined : `must be ${JSON.stringify(only)}`
  if (allowed) return allowed.includes(value) ? undefined : `must be one of ${allowed.join(', ')}`
  const [is, rule] = typeRules.get(type ?? '') ?? []
  return is?.(value) === false ? rule : undefined
}

/** Which rule about a text's or a number's size or form is broken, in words with the number. */
export function scalarProblem(keywords: Keywords, value: unknown): string | undefined {
  if (typeof value === 'string') return textProblem(keywords, value)
  if (typeof value === 'number') return numberProblem(keywords, value)
  return undefined
}

function textProblem({ minLength = 0, maxLength, pattern, description }: Keywords, value: string): string | undefined {
  // A character is a code point, as JSON Schema has it: an emoji of one code point counts once.
  const length = Array.from(value).length
  if (length < minLength) return minLength === 1 ? 'must not be empty' : `must have at least ${minLength} characters`
  if (maxLength !== undefined && length > maxLength) return `must not be longer than ${maxLength} characters`
  if (pattern === undefined || new RegExp(pattern, 'u').test(value)) return undefined
  return description ?? `must match ${pattern}`
}

function numberProblem({ minimum, maximum }: Keywords, value: number): string | undefined {
  if (minimum !== undefined && value < minimum) return `must not be less than ${minimum}`
  if (maximum !== undefined && value > maximum) return `must not be more than ${maximum}`
  return undefined
}
