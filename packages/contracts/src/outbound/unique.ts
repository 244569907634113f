import { type Problem } from '../errors.ts'

/** A problem for every item whose value an earlier one has already. */
export function repeated<Item>(
  items: Item[],
  keyOf: (item: Item) => unknown,
  pointerOf: (index: number) => string
): Problem[] {
  const seen = new Set<unknown>()
  return items.flatMap((item, index) => {
    const value = keyOf(item)
    if (value === undefined) return []
    if (seen.has(value)) return [{ pointer: pointerOf(index), detail: 'must be unique: an earlier one is the same' }]
    seen.add(value)
    return []
  })
}
