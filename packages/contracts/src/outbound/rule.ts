import { type Static, type TSchema, Type } from 'typebox'
import { type Problem } from '../errors.ts'

/** A rule that a schema cannot say. Its problems point into the value it is given; no problem means that it holds. */
export type Rule<Value> = (value: Value) => Problem[]

type Refinement = { check: (value: unknown) => boolean }

const rules = new WeakMap<Refinement['check'], (value: unknown) => Problem[]>()

/** A schema whose value also keeps a rule; the rule sees only values of the schema's shape. */
export function withRule<Schema extends TSchema>(schema: Schema, rule: Rule<Static<Schema>>) {
  const check = (value: Static<Schema>): boolean => rule(value).length === 0
  rules.set(check as Refinement['check'], rule as (value: unknown) => Problem[])
  return Type.Refine(schema, check)
}

/** What the rules of a schema find. */
export function brokenRules(schema: object, value: unknown): Problem[] {
  if (!('~refine' in schema)) return []
  return (schema['~refine'] as Refinement[]).flatMap(({ check }) => rules.get(check)?.(value) ?? [])
}

/** One problem, or none. */
export function unless(holds: boolean, pointer: string, detail: string): Problem[] {
  return holds ? [] : [{ pointer, detail }]
}
