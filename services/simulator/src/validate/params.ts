import { GraphError } from '../graph-error.ts'

export type Params = Readonly<Record<string, unknown>>

/** What the checks may ask of the simulator's state. */
export type Known = { hasMedia: (id: string) => boolean }

type TextRule = { max?: number; optional?: boolean; empty?: boolean }

/** Refuses a request the way Graph's own parameter check does: the sentence is the message, without details. */
export function invalidParam(sentence: string): GraphError {
  return new GraphError(100, { message: `(#100) ${sentence}` })
}

/** Refuses a value only WhatsApp's side can judge. */
export function invalidValue(details: string): GraphError {
  return new GraphError(131009, { details })
}

export function isParams(value: unknown): value is Params {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `text` and `body` make `text['body']`, Graph's way of naming a parameter inside another. */
export function pathTo(parent: string, key: string | number): string {
  const step = typeof key === 'number' ? `[${key}]` : `['${key}']`
  return parent === '' ? String(key) : parent + step
}

export function requireParams(parent: Params, key: string, path = ''): Params {
  const value = parent[key]
  const name = pathTo(path, key)
  if (value === undefined || value === null) throw invalidParam(`The parameter ${name} is required.`)
  if (!isParams(value)) throw invalidParam(`Param ${name} must be a JSON object.`)
  return value
}

export function requireArray(parent: Params, key: string, path: string): readonly unknown[] {
  const value = parent[key]
  const name = pathTo(path, key)
  if (value === undefined || value === null) throw invalidParam(`The parameter ${name} is required.`)
  if (!Array.isArray(value)) throw invalidParam(`Param ${name} must be an array.`)
  return value
}

/** Checks a string; undefined only where the rule says that it is optional. */
export function checkText(parent: Params, key: string, path: string, rule: TextRule = {}): string | undefined {
  const value = parent[key]
  const name = pathTo(path, key)
  if (value === undefined || value === null || (value === '' && rule.empty !== true)) {
    if (rule.optional === true && value !== '') return undefined
    throw invalidParam(`The parameter ${name} is required.`)
  }
  if (typeof value !== 'string') throw invalidParam(`Param ${name} must be a string.`)
  if (rule.max !== undefined && isLonger(value, rule.max)) {
    throw invalidParam(`Param ${name} must be at most ${rule.max} characters long.`)
  }
  return value
}

export function requireText(parent: Params, key: string, path: string, rule: TextRule = {}): string {
  return checkText(parent, key, path, rule) ?? ''
}

// Characters, not UTF-16 units: an emoji counts once.
export function isLonger(text: string, max: number): boolean {
  return text.length > max && Array.from(text).length > max
}

export function refuseOtherKeys(params: Params, known: readonly string[], path: string): void {
  for (const key of Object.keys(params)) {
    if (!known.includes(key)) throw invalidParam(`Unexpected key "${key}" on param "${path}".`)
  }
}
