/** The message types that carry a file. */
export const mediaKinds = ['image', 'audio', 'video', 'document', 'sticker'] as const
export type MediaKind = (typeof mediaKinds)[number]

const kibibyte = 1024
const mebibyte = 1024 * kibibyte

// Meta's page of supported media (2026-09). It prints MB and KB; that these are 1024-based is our reading.
const rules: Readonly<Record<MediaKind, { bytesMax: number; mimeTypes: readonly string[] }>> = {
  image: { bytesMax: 5 * mebibyte, mimeTypes: ['image/jpeg', 'image/png'] },
  audio: { bytesMax: 16 * mebibyte, mimeTypes: ['audio/aac', 'audio/amr', 'audio/mpeg', 'audio/mp4', 'audio/ogg'] },
  video: { bytesMax: 16 * mebibyte, mimeTypes: ['video/mp4', 'video/3gpp'] },
  document: {
    bytesMax: 100 * mebibyte,
    mimeTypes: [
      'application/pdf',
      'text/plain',
      'application/msword',
      'application/vnd.ms-excel',
      'application/vnd.ms-powerpoint',
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'application/vnd.openxmlformats-officedocument.presentationml.presentation'
    ]
  },
  sticker: { bytesMax: 500 * kibibyte, mimeTypes: ['image/webp'] }
}

const stillStickerBytesMax = 100 * kibibyte

/** The largest file of all, a document. */
export const mediaBytesMax = rules.document.bytesMax

// Other names of the same types, as programs and servers write them.
const aliases = new Map([
  ['image/jpg', 'image/jpeg'],
  ['image/pjpeg', 'image/jpeg'],
  ['audio/mp3', 'audio/mpeg'],
  ['audio/m4a', 'audio/mp4'],
  ['audio/x-m4a', 'audio/mp4'],
  ['audio/opus', 'audio/ogg'],
  ['application/ogg', 'audio/ogg'],
  ['video/3gp', 'video/3gpp'],
  ['video/x-m4v', 'video/mp4']
])

const unspecific = new Set(['', 'application/octet-stream', 'binary/octet-stream'])

/** A declared type as Meta spells it, without parameters; undefined where it declares nothing. */
export function tidyMimeType(declared: string | undefined): string | undefined {
  const bare = (declared ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return unspecific.has(bare) ? undefined : (aliases.get(bare) ?? bare)
}

/** Which message type carries files of this type. */
export function kindOf(mimeType: string): MediaKind | undefined {
  return mediaKinds.find((kind) => rules[kind].mimeTypes.includes(mimeType))
}

/** The types one message type carries, or all there are. */
export function mimeTypesOf(kind?: MediaKind): readonly string[] {
  return kind === undefined ? mediaKinds.flatMap((each) => rules[each].mimeTypes) : rules[kind].mimeTypes
}

/** The most bytes Meta takes; a sticker that moves may be larger than one that does not. */
export function bytesMaxOf(kind: MediaKind, isStill = false): number {
  return kind === 'sticker' && isStill ? stillStickerBytesMax : rules[kind].bytesMax
}
