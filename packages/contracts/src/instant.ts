/** A point in time as callers write it (RFC 3339): a calendar date, a time of day, and its zone. */
export const instantPattern = String.raw`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[-+]\d{2}:\d{2})$`
export const instantRule = 'must be a time with its zone, such as 2027-01-31T09:00:00Z'

const shape = new RegExp(instantPattern)

/** Undefined for a text of another shape, and for a time that does not exist. */
export function instantOf(text: string): Date | undefined {
  if (!shape.test(text)) return undefined
  // Date takes 30 February for 2 March.
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number)
  if (day < 1 || day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return undefined
  const instant = new Date(text)
  return Number.isNaN(instant.getTime()) ? undefined : instant
}
