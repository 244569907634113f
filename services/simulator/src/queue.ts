/** First in, first out. Unlike `Array.shift`, `take` costs the same however much waits. */
export function createQueue<T>() {
  let items: (T | undefined)[] = []
  let head = 0

  return {
    size: () => items.length - head,
    put: (item: T) => void items.push(item),
    take(): T | undefined {
      const item = items[head]
      if (head >= items.length) return undefined
      items[head++] = undefined
      if (head > 1024 && head * 2 > items.length) {
        items = items.slice(head)
        head = 0
      }
      return item
    },
    clear(): void {
      items = []
      head = 0
    }
  }
}
