import { GraphError } from '../graph-error.ts'
import {
  checkText,
  invalidParam,
  invalidValue,
  type Known,
  type Params,
  pathTo,
  refuseOtherKeys,
  requireParams
} from './params.ts'
import { checkBoolean, isWebLink } from './values.ts'

const captionMax = 1024

/** Checks the file that stands under `key`: by its id or by a link, with those of the fields in `extra`. */
export function checkMedium(
  parent: Params,
  key: string,
  path: string,
  extra: readonly ('caption' | 'filename' | 'voice')[],
  known: Known
): void {
  const media = requireParams(parent, key, path)
  const name = pathTo(path, key)
  const id = checkText(media, 'id', name, { optional: true })
  const link = checkText(media, 'link', name, { optional: true })
  if (id === undefined && link === undefined) {
    throw new GraphError(131008, { details: `Either ${name}['id'] or ${name}['link'] is required` })
  }
  if (id !== undefined && link !== undefined) {
    throw invalidParam(`Only one of ${name}['id'] and ${name}['link'] may be given.`)
  }
  if (link !== undefined && !isWebLink(link)) throw invalidParam(`Param ${name}['link'] is not a valid URI.`)
  if (id !== undefined && !known.hasMedia(id)) throw invalidValue(`Media ID in ${name}['id'] is not valid`)
  refuseOtherKeys(media, ['id', 'link', 'provider', ...extra], name)
  checkText(media, 'caption', name, { optional: true, empty: true, max: captionMax })
  checkText(media, 'filename', name, { optional: true, max: 240 })
  checkBoolean(media, 'voice', name)
}
