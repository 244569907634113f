import { isRecord } from './is-record.ts'
import { type Shape } from './shape.ts'

/** The field that tells the branches of a union apart, with the values each of them fixes. */
export type Discriminator = { field: string; allowed: unknown[][] }

/** Undefined where the branches share no fixed field, or their fixed values overlap. */
export function discriminatorOf(branches: Shape[]): Discriminator | undefined {
  for (const field of fieldsOf(branches[0])) {
    const allowed = branches.map((branch) => fixedValues(branch, field))
    const all = allowed.flat()
    if (allowed.every((values) => values.length > 0) && new Set(all).size === all.length) return { field, allowed }
  }
  return undefined
}

/** The one branch all of whose required fields a value has, where no field tells the branches apart. */
export function branchByFields(branches: Shape[], value: unknown): Shape | undefined {
  if (!isRecord(value)) return undefined
  const fitting = branches.filter(({ required = [] }) => required.some((field) => Object.hasOwn(value, field)))
  return fitting.length === 1 ? fitting[0] : undefined
}

function fieldsOf(shape: Shape | undefined): string[] {
  if (shape?.anyOf) return fieldsOf(shape.anyOf[0])
  return Object.keys(shape?.properties ?? {})
}

function fixedValues(shape: Shape, field: string): unknown[] {
  if (shape.anyOf) return [...new Set(shape.anyOf.flatMap((branch) => fixedValues(branch, field)))]
  const member = shape.properties?.[field]
  return member?.const === undefined ? (member?.enum ?? []) : [member.const]
}
