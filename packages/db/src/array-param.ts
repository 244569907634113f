/** The object id of PostgreSQL's type bytea (pg_type.h). */
const byteaOid = 17

/** What JSON escapes in a way that PostgreSQL's arrays do not: all but the quote and the backslash. */
const otherEscape = /(?:^|[^\\])(?:\\\\)*\\[bfnrtu]/

/**
 * A list as the parameter of an array type: what `unnest` gets in every statement on a hot path. Text becomes a literal by
 * one call of JSON.stringify, in a third of the time that pg takes; bytes are sent as they are, not as twice as many digits.
 * A list of anything else is returned as it came, for pg to write.
 */
export function arrayParam(values: unknown[]): unknown {
  const first = values.find((value) => value !== null && value !== undefined)
  if (typeof first === 'string') return values.every(isTextOrNull) ? textArray(values) : values
  if (Buffer.isBuffer(first)) return values.every(isBuffer) ? byteaArray(values) : values
  return values
}

function isTextOrNull(value: unknown): value is string | null | undefined {
  return typeof value === 'string' || value === null || value === undefined
}

function isBuffer(value: unknown): value is Buffer {
  return Buffer.isBuffer(value)
}

/** JSON and array literals quote text alike, and know null by the same name. */
function textArray(values: (string | null | undefined)[]): string {
  const json = JSON.stringify(values)
  if (!otherEscape.test(json)) return `{${json.slice(1, -1)}}`
  return `{${values.map((value) => (typeof value === 'string' ? quoted(value) : 'null')).join(',')}}`
}

function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`
}

/** The binary format of a list of one dimension without nulls (array_recv): a head, then each length and its bytes. */
function byteaArray(values: Buffer[]): Buffer {
  const dimensions = 1
  const hasNulls = 0
  const lowerBound = 1
  const parts = [int32(dimensions, hasNulls, byteaOid, values.length, lowerBound)]
  for (const value of values) parts.push(int32(value.length), value)
  return Buffer.concat(parts)
}

function int32(...numbers: number[]): Buffer {
  const bytes = Buffer.allocUnsafe(4 * numbers.length)
  for (const [index, number] of numbers.entries()) bytes.writeInt32BE(number, 4 * index)
  return bytes
}
