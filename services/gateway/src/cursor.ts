import { isId } from '@wag/contracts'
import { badCursor, decodeCursor, encodeCursor } from './page.ts'

/** The id that a list by id goes on behind. */
export function idOf(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined
  const id = decodeCursor(cursor)
  if (!isId(id)) throw badCursor()
  return id
}

/** The cursor of the next page, where more was found than the page shows. */
export function nextOf(found: { id: string }[], shown: number): string | null {
  const last = found[shown - 1]
  return found.length > shown && last ? encodeCursor(last.id) : null
}
