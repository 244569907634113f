const secondMs = 1000

export type Window = ReturnType<typeof createWindow>

/** Counts what happened in the last second, exactly: the moments themselves are kept. */
export function createWindow() {
  let moments: number[] = []
  let first = 0
  let largest = 0

  function size(now: number): number {
    while (first < moments.length && Number(moments[first]) <= now - secondMs) first++
    // Shifting one by one would move the whole array each time.
    if (first > secondMs && first * 2 > moments.length) {
      moments = moments.slice(first)
      first = 0
    }
    return moments.length - first
  }

  return {
    /** How many there were in the second that ends now. */
    size,
    add(now: number): void {
      moments.push(now)
      largest = Math.max(largest, size(now))
    },
    /** The most there ever were in any second. */
    largest: () => largest
  }
}
