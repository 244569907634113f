import { type MediaKind, mediaKinds } from '@wag/graph'

/** A link to a medium in a message: `medium` is the object it stands in. */
export type MediaLink = { pointer: string; kind: MediaKind; medium: Record<string, unknown>; link: string }

const kinds: ReadonlySet<unknown> = new Set(mediaKinds)

/**
 * Every link to a medium, with its JSON pointer. Wherever Meta takes media, in a message, a header, a card or a parameter
 * of a template, an object names its `type` and has the medium under that name.
 */
export function findMediaLinks(value: unknown, pointer = ''): MediaLink[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => findMediaLinks(item, `${pointer}/${index}`))
  if (!isObject(value)) return []
  const below = Object.entries(value).flatMap(([name, item]) => findMediaLinks(item, `${pointer}/${escapeName(name)}`))
  const { type } = value
  const medium = isKind(type) ? value[type] : undefined
  if (!isKind(type) || !isObject(medium) || typeof medium.link !== 'string') return below
  return [{ pointer: `${pointer}/${type}/link`, kind: type, medium, link: medium.link }, ...below]
}

function isKind(type: unknown): type is MediaKind {
  return kinds.has(type)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function escapeName(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
