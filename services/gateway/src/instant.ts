/** RFC 3339: a date, a time, and its distance from UTC. */
const instantShape = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/

/** A point in time as text, such as `2026-11-30T09:00:00+01:00`; undefined for what is none. */
export function instantOf(text: string): Date | undefined {
  const instant = new Date(text)
  return instantShape.test(text) && !Number.isNaN(instant.getTime()) ? instant : undefined
}

export const instantRule = 'must be a time with its zone, such as 2026-11-30T09:00:00Z'
