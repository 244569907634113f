import { isUtf8 } from 'node:buffer'
import { isRecord } from './tidy.ts'

/** How deep a body may nest. Below it a value is cut off: JSON.stringify and PostgreSQL recurse and would give up. */
export const depthMax = 64

type Survey = { deep: boolean; big: boolean }

/**
 * What bytes say. `value` is undefined when they are no JSON. `isOdd`: somewhere in it there may be what no text column
 * or number can hold (see `poisonOf`); `isUtf8`: whether the bytes are text at all.
 */
export type Json = { value: unknown; isOdd: boolean; isUtf8: boolean }

/** `inspectJson` for those who only want the value. */
export function readJson(bytes: Uint8Array): unknown {
  return inspectJson(bytes).value
}

/**
 * JSON from bytes. Total: invalid UTF-8 reads as U+FFFD, a byte order mark is skipped, what nests deeper than `depthMax`
 * is cut. A number beyond 2^53 becomes the string of its digits: Graph ids come as numbers now and then, and would lose
 * their last digits.
 */
export function inspectJson(bytes: Uint8Array): Json {
  const isText = isUtf8(bytes)
  const text = decode(bytes)
  const value = parse(text)
  const found: Survey = { deep: false, big: false }
  survey(value, 0, found)
  const exact = found.big ? (parse(text, keepDigits) ?? value) : value
  const isOdd = found.big || !isText || oddEscapes.some((odd) => text.includes(odd))
  return { value: found.deep ? cut(exact, 0) : exact, isOdd, isUtf8: isText }
}

/** NUL, and surrogates, which may stand alone: JSON has no other way to write them. */
const oddEscapes = ['\\u0000', '\\ud', '\\uD']

function decode(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}

// JSON.parse itself does not recurse; with a reviver it does, and throws on a body nested too deep for the stack.
function parse(text: string, reviver?: Reviver): unknown {
  try {
    return JSON.parse(text, reviver)
  } catch {
    return undefined
  }
}

type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown

// Reviving costs several times the parse, so it runs only for a body in which such a number was seen.
const keepDigits: Reviver = (_key, value, context) => (isBig(value) ? (context?.source ?? value) : value)

function isBig(value: unknown): boolean {
  return typeof value === 'number' && (value > Number.MAX_SAFE_INTEGER || value < -Number.MAX_SAFE_INTEGER)
}

function survey(value: unknown, depth: number, found: Survey): void {
  if (typeof value !== 'object' || value === null) {
    if (isBig(value)) found.big = true
  } else if (depth === depthMax) {
    found.deep = true
  } else if (Array.isArray(value)) {
    for (const item of value) survey(item, depth + 1, found)
  } else if (isRecord(value)) {
    for (const key in value) survey(value[key], depth + 1, found)
  }
}

function cut(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth === depthMax) return '(nested too deep)'
  if (Array.isArray(value)) return value.map((item) => cut(item, depth + 1))
  // fromEntries defines its properties: an own key `__proto__` stays a key.
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cut(item, depth + 1)]))
}
