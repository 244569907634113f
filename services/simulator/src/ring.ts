/** Keeps the last `size` items; `push` hands back the one that fell out. */
export function createRing<T>(size: number) {
  let items: T[] = []
  let next = 0

  return {
    push(item: T): T | undefined {
      const fallen = items[next]
      items[next] = item
      next = (next + 1) % size
      return fallen
    },
    /** The newest `limit` items, the newest first. */
    newest(limit: number): T[] {
      const inOrder = [...items.slice(next), ...items.slice(0, next)]
      return inOrder.slice(-limit).reverse()
    },
    clear(): void {
      items = []
      next = 0
    }
  }
}
