/**
 * How evenly things came: per second in the mean (without the first second), and in the fullest second of all, which began
 * `maxAtS` seconds after the first.
 */
export type Evenness = { count: number; meanPerS: number; maxPerS: number; maxAtS: number }

/** Looks at every one-second window that begins with an arrival. `arrivals` in milliseconds, in any order. */
export function evenness(arrivals: number[]): Evenness {
  const sorted = [...arrivals].sort((a, b) => a - b)
  const first = sorted[0] ?? 0
  const last = sorted.at(-1) ?? 0
  let maxPerS = 0
  let maxAtS = 0
  let end = 0
  for (let begin = 0; begin < sorted.length; begin++) {
    while (end < sorted.length && (sorted[end] ?? 0) < (sorted[begin] ?? 0) + 1000) end++
    if (end - begin <= maxPerS) continue
    maxPerS = end - begin
    maxAtS = ((sorted[begin] ?? 0) - first) / 1000
  }
  const later = sorted.filter((at) => at >= first + 1000)
  const meanPerS = later.length / Math.max(0.001, (last - first - 1000) / 1000)
  return { count: sorted.length, meanPerS, maxPerS, maxAtS }
}
