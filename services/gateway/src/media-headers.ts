import { type StoredMedia } from '@wag/db'

/** Types that a browser shows without running anything in them, and the ending of a file without a name. */
const safeTypes = new Map([
  ['image/jpeg', 'jpg'],
  ['image/png', 'png'],
  ['image/webp', 'webp'],
  ['image/gif', 'gif'],
  ['audio/aac', 'aac'],
  ['audio/amr', 'amr'],
  ['audio/mpeg', 'mp3'],
  ['audio/mp4', 'm4a'],
  ['audio/ogg', 'ogg'],
  ['video/mp4', 'mp4'],
  ['video/3gpp', '3gp'],
  ['application/pdf', 'pdf'],
  ['text/plain', 'txt']
])

/** Seconds for which whoever asked may keep the bytes. */
const keepS = 300
const nameLengthMax = 150

/** The headers of a medium's bytes. Whatever a customer sent is saved, and not opened as a page of this origin. */
export function headersOf(media: StoredMedia): Record<string, string> {
  const essence = media.mimeType?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  const ending = safeTypes.get(essence)
  return {
    'content-type': ending === undefined ? 'application/octet-stream' : essence,
    'content-disposition': dispositionOf(media.filename ?? `${media.kind}-${media.id}.${ending ?? 'bin'}`),
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'",
    'cache-control': `private, max-age=${keepS}`,
    'referrer-policy': 'no-referrer'
  }
}

/** A file's name for a header (RFC 6266): for old clients in ASCII, for others as it is, for none with a path in it. */
export function dispositionOf(filename: string): string {
  const name = tidyName(filename)
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`
  )
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`
}

/** Without what ends a header, leads to another folder, hides a file or turns the direction of reading. */
function tidyName(filename: string): string {
  const whole = filename.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
  const name = (whole.split(/[/\\]/).at(-1) ?? '').trim().replace(/^\.+/, '')
  // Not in the middle of a character.
  return name.slice(0, nameLengthMax).toWellFormed() || 'file'
}
