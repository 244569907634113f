import { createHmac } from 'node:crypto'

// Everything beyond ASCII, and what Meta escapes besides. None of it stands in JSON outside of strings.
const escaped = /[\u0080-\uffff/<%@]/g

/** JSON the way Meta writes and signs it: `\u00e4` for ä, `\/` for /, and `<`, `%`, `@` by number. */
export function toMetaJson(value: unknown): string {
  return JSON.stringify(value).replace(escaped, escapeCharacter)
}

function escapeCharacter(character: string): string {
  if (character === '/') return '\\/'
  const code = character.charCodeAt(0)
  const digits = code.toString(16).padStart(4, '0')
  return `\\u${code < 0x80 ? digits.toUpperCase() : digits}`
}

/** The value of X-Hub-Signature-256 for exactly these bytes. */
export function signBody(body: string | Buffer, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}
