import { hash } from 'node:crypto'

// 512 UTF-16 units are at most 1,536 bytes of UTF-8: an index row of PostgreSQL (2,704 bytes) holds them.
const idLengthMax = 512

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * A string that a `text` column can hold: no NUL, no lone surrogate, at most `lengthMax` UTF-16 units. A number becomes
 * its digits; anything else, and the empty string, is undefined.
 */
export function tidyText(value: unknown, lengthMax = 1024): string | undefined {
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text !== 'string' || text === '') return undefined
  const short = text.length > lengthMax ? text.slice(0, lengthMax) : text
  const whole = short.isWellFormed() ? short : short.toWellFormed()
  return whole.includes('\0') ? whole.replaceAll('\0', '\uFFFD') : whole
}

/**
 * An id that a column and its index can hold. One that is too long keeps its beginning and ends in a digest of the
 * whole, so that two of them never become one.
 */
export function tidyId(value: unknown): string | undefined {
  const id = tidyText(value, idLengthMax)
  if (id === undefined || typeof value !== 'string' || value.length <= idLengthMax) return id
  return `${id.slice(0, idLengthMax - 65).toWellFormed()}~${hash('sha256', value)}`
}

/** The digits of a phone number as people write it; undefined where there are none. */
export function digitsOf(value: unknown): string | undefined {
  const digits = tidyText(value, 64)?.replaceAll(/\D/g, '')
  return digits === '' ? undefined : digits
}

/** Meta's seconds since 1970, a number or a string of up to 10 digits, as ISO 8601 in UTC; undefined for all else. */
export function isoTime(value: unknown): string | undefined {
  const seconds = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value
  if (typeof seconds !== 'number' || !(seconds >= 1 && seconds < 1e10)) return undefined
  return new Date(Math.floor(seconds) * 1000).toISOString()
}
