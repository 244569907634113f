import { type Problem } from '../errors.ts'
import { isRecord } from './is-record.ts'
import { step } from './pointer.ts'

const depthMax = 32
const keyLengthMax = 256

/**
 * What no schema asks, but every store and every line to Meta does: texts of whole characters without U+0000, numbers
 * that JSON has, and an end to the nesting. Ends at the first problem, so that later checks may rely on all of it.
 */
export function unsound(value: unknown, pointer = '', depth = 0): Problem | undefined {
  if (typeof value === 'string') return textProblem(value, pointer)
  if (typeof value === 'number') {
    return Number.isFinite(value) ? undefined : { pointer, detail: 'must be a number that a double can hold' }
  }
  if (typeof value !== 'object' || value === null) return undefined
  if (depth === depthMax) return { pointer, detail: `must not be nested deeper than ${depthMax} levels` }
  return Array.isArray(value)
    ? unsoundItem(value, pointer, depth)
    : isRecord(value)
      ? unsoundMember(value, pointer, depth)
      : undefined
}

function unsoundItem(items: unknown[], pointer: string, depth: number): Problem | undefined {
  for (let index = 0; index < items.length; index += 1) {
    const problem = unsound(items[index], step(pointer, index), depth + 1)
    if (problem) return problem
  }
  return undefined
}

function unsoundMember(value: Record<string, unknown>, pointer: string, depth: number): Problem | undefined {
  for (const key in value) {
    if (key.length > keyLengthMax) {
      return { pointer, detail: `must not have a field whose name is longer than ${keyLengthMax} characters` }
    }
    if (textProblem(key, pointer))
      return { pointer, detail: 'must not have a field with a broken character in its name' }
    const problem = unsound(value[key], step(pointer, key), depth + 1)
    if (problem) return problem
  }
  return undefined
}

function textProblem(text: string, pointer: string): Problem | undefined {
  if (!text.isWellFormed()) return { pointer, detail: 'must not hold half of a surrogate pair' }
  if (text.includes('\u0000')) return { pointer, detail: 'must not hold the character U+0000' }
  return undefined
}
