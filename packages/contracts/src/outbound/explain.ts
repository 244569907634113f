import { type Problem } from '../errors.ts'
import { isRecord } from './is-record.ts'
import { step } from './pointer.ts'
import { brokenRules } from './rule.ts'
import { scalarProblem, typeProblem } from './scalar.ts'
import { type Shape } from './shape.ts'
import { branchByFields, discriminatorOf } from './union.ts'

/** More problems than this in one message help nobody. */
export const problemsMax = 20

/**
 * Says what is wrong with a value that its schema refuses. The validator's own list would name every branch of a union;
 * here the field that tells the branches apart picks one, so that each problem is the one rule that is broken.
 */
export function explain(shape: Shape, value: unknown): Problem[] {
  const problems: Problem[] = []
  visit(shape, value, '', problems)
  // The validator refused it: there is no answer without a problem, even should the two ever differ.
  if (problems.length === 0) return [{ pointer: '', detail: 'must have the shape of a message of its type' }]
  return problems.slice(0, problemsMax)
}

function visit(shape: Shape, value: unknown, pointer: string, problems: Problem[]): void {
  if (problems.length >= problemsMax) return
  const before = problems.length
  if (shape.anyOf) visitUnion(shape.anyOf, shape, value, pointer, problems)
  else visitOne(shape, value, pointer, problems)
  if (problems.length > before) return
  for (const { pointer: rest, detail } of brokenRules(shape, value)) problems.push({ pointer: pointer + rest, detail })
}

function visitOne(shape: Shape, value: unknown, pointer: string, problems: Problem[]): void {
  const detail = shape.not ? shape.description : (typeProblem(shape, value) ?? scalarProblem(shape, value))
  if (detail !== undefined) problems.push({ pointer, detail })
  else if (Array.isArray(value)) visitItems(shape, value, pointer, problems)
  else if (isRecord(value)) visitMembers(shape, value, pointer, problems)
}

function visitItems(shape: Shape, items: unknown[], pointer: string, problems: Problem[]): void {
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = shape
  if (items.length < minItems) problems.push({ pointer, detail: `must have at least ${counted(minItems)}` })
  if (items.length > maxItems) problems.push({ pointer, detail: `must not have more than ${counted(maxItems)}` })
  if (!shape.items) return
  for (const [index, item] of items.entries()) visit(shape.items, item, step(pointer, index), problems)
}

function counted(items: number): string {
  return items === 1 ? '1 item' : `${items} items`
}

function visitMembers(shape: Shape, value: Record<string, unknown>, pointer: string, problems: Problem[]): void {
  const { properties = {}, patternProperties = {}, required = [], additionalProperties } = shape
  const wrong = required.find((key) => isOther(properties[key], value[key]))
  if (wrong !== undefined) {
    visit(properties[wrong] ?? {}, value[wrong], step(pointer, wrong), problems)
    return
  }
  for (const [key, member] of Object.entries(properties)) {
    if (Object.hasOwn(value, key)) visit(member, value[key], step(pointer, key), problems)
    else if (required.includes(key)) problems.push({ pointer: step(pointer, key), detail: missing(member) })
  }
  const [others] = Object.values(patternProperties)
  if (others) for (const [key, member] of Object.entries(value)) visit(others, member, step(pointer, key), problems)
  if (additionalProperties !== false) return
  const known = Object.keys(properties).filter((key) => !properties[key]?.not)
  for (const key of Object.keys(value)) {
    if (Object.hasOwn(properties, key)) continue
    problems.push({ pointer: step(pointer, key), detail: `is not a field here; known are ${known.join(', ')}` })
    if (problems.length >= problemsMax) return
  }
}

/** Whether a field that says what the object is says something else: what the other fields ought to be is not known. */
function isOther(member: Shape | undefined, value: unknown): boolean {
  return member?.const !== undefined && value !== undefined && value !== member.const
}

function missing({ const: only, enum: allowed }: Shape): string {
  if (only !== undefined) return `is required and must be ${JSON.stringify(only)}`
  return allowed ? `is required and must be one of ${allowed.join(', ')}` : 'is required'
}

function visitUnion(branches: Shape[], shape: Shape, value: unknown, pointer: string, problems: Problem[]): void {
  const discriminator = discriminatorOf(branches)
  if (!discriminator) {
    if (branches.some((branch) => isFitting(branch, value))) return
    const branch = branchByFields(branches, value)
    if (branch) visit(branch, value, pointer, problems)
    else problems.push({ pointer, detail: shape.description ?? 'is none of the values allowed here' })
    return
  }
  const { field, allowed } = discriminator
  if (!isRecord(value)) {
    problems.push({ pointer, detail: 'must be an object' })
    return
  }
  const branch = branches[allowed.findIndex((values) => values.includes(value[field]))]
  if (branch) {
    visit(branch, value, pointer, problems)
    return
  }
  const verb = Object.hasOwn(value, field) ? 'must' : 'is required and must'
  problems.push({ pointer: step(pointer, field), detail: `${verb} be one of ${namesOf(allowed)}` })
}

/** The allowed values, of those that differ only in their case the lower one. */
function namesOf(allowed: unknown[][]): string {
  return [...new Set(allowed.flat().map((name) => String(name).toLowerCase()))].join(', ')
}

function isFitting(branch: Shape, value: unknown): boolean {
  const problems: Problem[] = []
  visit(branch, value, '', problems)
  return problems.length === 0
}
