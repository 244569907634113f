/** Rows and bytes that one statement, or one job of ingest, carries at most. */
const itemsMax = 200
const bytesMax = 8 * 1024 * 1024

/** Cuts a list into pieces that one statement can carry, in order; a heavier item goes alone. */
export function* chunksOf<Item>(items: Item[], weigh: (item: Item) => number): Generator<Item[]> {
  let chunk: Item[] = []
  let bytes = 0
  for (const item of items) {
    const isFull = chunk.length === itemsMax || (chunk.length > 0 && bytes + weigh(item) > bytesMax)
    if (isFull) {
      yield chunk
      chunk = []
      bytes = 0
    }
    chunk.push(item)
    bytes += weigh(item)
  }
  if (chunk.length > 0) yield chunk
}
