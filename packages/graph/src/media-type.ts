import { type FileHandle } from 'node:fs/promises'
import { fileTypeFromTokenizer } from 'file-type'
import { FileTokenizer } from 'strtok3'
import { bytesMaxOf, kindOf, type MediaKind, mimeTypesOf, tidyMimeType } from './media-rules.ts'

/** What the bytes of a file say it is. */
export type Sniffed = {
  /** Meta's types it can be, the likeliest first: some containers hold more than one. */
  candidates: readonly string[]
  /** What it seems to be, also where Meta takes no such file; undefined where nothing is known. */
  found: string | undefined
  isStill: boolean
}

export type MediaClaim = {
  bytes: number
  /** What its owner says it is. */
  declared: string | undefined
  /** Whether it must be what its owner says. A server's `Content-Type` is often wrong, and only settles what is open. */
  mustAgree: boolean
  /** The message it is for; any when undefined. */
  kind?: MediaKind
}

export type Judgement = { mimeType: string; kind: MediaKind } | { isTooLarge: boolean; rule: string }

// By the names file-type gives. A Compound File is any of the old Office formats; an MP4 of sound alone looks like a film.
const candidatesOf = new Map<string, readonly string[]>([
  ['image/apng', ['image/png']],
  ['audio/x-m4a', ['audio/mp4']],
  ['audio/ogg; codecs=opus', ['audio/ogg']],
  ['audio/ogg', []],
  ['video/mp4', ['video/mp4', 'audio/mp4']],
  ['video/x-m4v', ['video/mp4']],
  ['application/x-cfb', ['application/msword', 'application/vnd.ms-excel', 'application/vnd.ms-powerpoint']]
])

const headBytes = 65_536
const webpAnimationByte = 20
const webpAnimationBit = 0x02

/** Reads a file that somebody else opened, and closes. */
class HandleTokenizer extends FileTokenizer {
  constructor(file: FileHandle, size: number) {
    super(file, { fileInfo: { size } })
  }

  override async close(): Promise<void> {}
}

/** Tells from its bytes what a file is. Reads little, from anywhere in it, and leaves `file` open. */
export async function sniffMedia(file: FileHandle, bytes: number): Promise<Sniffed> {
  const { bytesRead, buffer: head } = await file.read(Buffer.alloc(Math.min(headBytes, bytes)), 0, null, 0)
  const found = (await fileTypeFromTokenizer(new HandleTokenizer(file, bytes)))?.mime
  const isStill = found === 'image/webp' && !isAnimated(head)
  const known = found === undefined ? [] : (candidatesOf.get(found) ?? mimeTypesOf().filter((type) => type === found))
  const isPlain = known.length === 0 && !head.subarray(0, bytesRead).includes(0) && isTextual(found)
  return { candidates: isPlain ? ['text/plain'] : known, found: found ?? (isPlain ? 'text/plain' : undefined), isStill }
}

/** Formats that are text and have a signature all the same, such as XML, go as plain text where that is asked for. */
function isTextual(found: string | undefined): boolean {
  return found === undefined || found === 'application/xml' || found.startsWith('text/')
}

// RIFF....WEBPVP8X: the extended format, whose flags are the byte after the chunk's size.
function isAnimated(head: Buffer): boolean {
  return head.toString('latin1', 12, 16) === 'VP8X' && ((head[webpAnimationByte] ?? 0) & webpAnimationBit) !== 0
}

/** Decides as what a file is uploaded, or says which rule of Meta's it breaks. Pure. */
export function judgeMedia(sniffed: Sniffed, claim: MediaClaim): Judgement {
  const { bytes, kind, mustAgree } = claim
  if (bytes === 0) return { isTooLarge: false, rule: 'is empty' }
  const declared = tidyMimeType(claim.declared)
  const wanted = mimeTypesOf(kind)
  if (mustAgree && declared !== undefined && !wanted.includes(declared)) {
    return wrong(`is declared as ${quote(declared)}`, kind)
  }
  const fitting = sniffed.candidates.filter((type) => wanted.includes(type))
  const agreed = declared !== undefined && fitting.includes(declared) ? declared : undefined
  if (agreed === undefined && declared !== undefined && mustAgree && fitting.length > 0) {
    return { isTooLarge: false, rule: `is declared as ${quote(declared)}, but its bytes are ${fitting.join(' or ')}` }
  }
  const mimeType = agreed ?? undeclared(fitting, declared)
  const found = mimeType === undefined ? undefined : (kind ?? kindOf(mimeType))
  if (mimeType === undefined || found === undefined) return unfit(sniffed, fitting, declared, kind)
  const bytesMax = bytesMaxOf(found, sniffed.isStill)
  if (bytes > bytesMax) return { isTooLarge: true, rule: `has ${bytes} bytes; Meta takes ${bytesMax} of ${mimeType}` }
  return { mimeType, kind: found }
}

/** The type of a file whose owner says nothing that helps. Text is believed only where nothing else was said. */
function undeclared(fitting: readonly string[], declared: string | undefined): string | undefined {
  const [first] = fitting
  if (first === 'application/msword' && fitting.length > 1) return undefined
  return first === 'text/plain' && declared !== undefined ? undefined : first
}

function unfit(
  sniffed: Sniffed,
  fitting: readonly string[],
  declared: string | undefined,
  kind?: MediaKind
): Judgement {
  if (fitting.length > 1) return { isTooLarge: false, rule: `must be declared as ${fitting.join(', ')}` }
  if (sniffed.found === 'audio/ogg') return wrong('is Ogg without the codec Opus', kind)
  if (fitting.length === 1 && declared !== undefined) return wrong(`is declared as ${quote(declared)}`, kind)
  return wrong(sniffed.found === undefined ? 'is of no known type' : `is ${sniffed.found}`, kind)
}

function wrong(what: string, kind?: MediaKind): Judgement {
  const name =
    kind === undefined
      ? 'a file'
      : `the file of ${kind === 'document' || kind === 'sticker' || kind === 'video' ? 'a' : 'an'} ${kind} message`
  return { isTooLarge: false, rule: `${what}; ${name} must be ${mimeTypesOf(kind).join(', ')}` }
}

/** A name that came from outside, without what could break a line. */
function quote(text: string): string {
  return JSON.stringify(text.slice(0, 100))
}
