import { type ByteRange } from '@wag/media'

/**
 * What a `Range` header asks of something of this size (RFC 9110, 14). `undefined`: all of it, also for what is not
 * understood and for several ranges at once, which a server may leave aside. `unsatisfiable`: nothing there is.
 */
export function readRange(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(header?.trim() ?? '') ?? []
  if (first === '' && last === '') return undefined
  if (first === '') {
    const length = Math.min(Number(last), size)
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 }
  }
  const start = Number(first)
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (last !== '' && Number(last) < start) return undefined
  return start >= size ? 'unsatisfiable' : { start, end }
}

/** Whether a list of entity tags names this one, by weak comparison; `*` names all. */
export function namesTag(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false
  return header.split(',').some((part) => ['*', tag].includes(part.trim().replace(/^W\//, '')))
}
