import { isRecord } from './tidy.ts'

/** No id, time or price of Meta's has as many digits. */
const digitsMax = 1_000
const digits = /^-?[\d.]+$/

/**
 * Why a value cannot be what Meta meant: somewhere in it is a NUL, half a surrogate pair, a number of absurd length, or
 * bytes that are no UTF-8. undefined when there is nothing of the kind. Customers may write such things; Meta does not.
 */
export function poisonOf(value: unknown, isUtf8: boolean): string | undefined {
  if (typeof value === 'string') return poisonOfText(value, isUtf8)
  if (Array.isArray(value)) {
    for (const item of value) {
      const poison = poisonOf(item, isUtf8)
      if (poison !== undefined) return poison
    }
  } else if (isRecord(value)) {
    for (const key in value) {
      const poison = poisonOfText(key, isUtf8) ?? poisonOf(value[key], isUtf8)
      if (poison !== undefined) return poison
    }
  }
  return undefined
}

function poisonOfText(text: string, isUtf8: boolean): string | undefined {
  if (text.includes('\0')) return 'holds a NUL character'
  if (!text.isWellFormed()) return 'holds half a surrogate pair'
  if (!isUtf8 && text.includes('\uFFFD')) return 'holds bytes that are no UTF-8'
  if (text.length > digitsMax && digits.test(text)) return `holds a number of ${text.length} digits`
  return undefined
}
