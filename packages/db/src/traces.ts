import { createHmac } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'

/** By what a person is known to Meta: numbers in digits, user ids, of a group its id; and by which ids to us. */
export type Identity = { contactIds: number[]; values: string[] }

/**
 * Texts by which something that speaks of a person is found: their ids as they are, and as they stand inside base64, since
 * a wamid is the base64 of bytes with the number among them. Which letters those are depends on where the number begins.
 */
function tracesOf({ values }: Identity): string[] {
  return [...new Set([...values, ...codedOf(values)])]
}

function codedOf(values: string[]): string[] {
  return values.flatMap((value) => [0, 1, 2].map((offset) => insideBase64(value, offset)))
}

/** The letters of base64 that come from `value` alone, where it begins `offset` bytes behind a multiple of three. */
function insideBase64(value: string, offset: number): string {
  const bytes = Buffer.from(value)
  const text = Buffer.concat([Buffer.alloc(offset), bytes, Buffer.alloc(2)]).toString('base64')
  return text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6))
}

/** Whether raw bytes speak of a person. May be true of others whose number is a longer one. */
export function bytesSpeakOf(column: RawBuilder<unknown>, identity: Identity): RawBuilder<boolean> {
  return sql`exists (
    select 1 from unnest(${tracesOf(identity)}::text[]) as t (trace)
    where position(convert_to(t.trace, 'UTF8') in ${column}) > 0)`
}

/** Whether a text speaks of a person: numbers count where they are not a part of longer ones. */
export function textSpeaksOf(column: RawBuilder<unknown>, { values }: Identity): RawBuilder<boolean> {
  const numbers = values.filter((value) => /^\d+$/.test(value))
  const texts = [...values.filter((value) => !numbers.includes(value)), ...codedOf(values)]
  return sql`(
    ${column} ~ any(${numbers.map((number) => `(^|[^0-9])${number}($|[^0-9])`)}::text[])
    or exists (select 1 from unnest(${texts}::text[]) as t (trace) where strpos(${column}, t.trace) > 0))`
}

/** A pattern for wamids that hold one of a person's ids. */
export function wamidPattern({ values }: Identity): string {
  const letters = '[A-Za-z0-9+/=_-]*'
  return `wamid\\.${letters}(${codedOf(values).map(escapePattern).join('|')})${letters}`
}

function escapePattern(text: string): string {
  return text.replace(/[^A-Za-z0-9]/g, '\\$&')
}

/**
 * What stands for an id of somebody who was erased, or for a wamid of theirs: HMAC-SHA256 under a key that is derived from
 * `encryptionKey` (32 bytes in hex), so that a copy of the database does not tell whose it is.
 */
export function hashErased(encryptionKey: string, tenantId: string, value: string): Buffer {
  const key = createHmac('sha256', Buffer.from(encryptionKey, 'hex')).update('erased').digest()
  return createHmac('sha256', key).update(`${tenantId} ${value}`).digest()
}
