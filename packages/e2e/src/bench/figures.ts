/** One line of the benchmark. Rates are per second; `ratio` is rate to limitRate, both measured in the same run. */
export type Figure = {
  name: string
  rate: number
  p50Ms: number
  p99Ms: number
  /** CPU of all services and both stores, in microseconds per item; undefined where it was not measured. */
  cpuUs?: number
  limit: string
  limitRate: number
  ratio: number
  /** What people do without us, in the same run; null where there is no such thing. */
  controlRate: number | null
  /** Anything else worth a look. */
  notes?: Record<string, number | string>
}

const columns = ['scenario', 'rate/s', 'p50 ms', 'p99 ms', 'CPU µs', 'limit/s', 'ratio', 'without us/s', 'held against']

/** The figures as a table for people. */
export function tableOf(figures: Figure[]): string {
  const rows = figures.map((f) => [
    f.name,
    f.rate.toFixed(0),
    f.p50Ms.toFixed(1),
    f.p99Ms.toFixed(1),
    f.cpuUs === undefined ? '' : f.cpuUs.toFixed(0),
    f.limitRate.toFixed(0),
    f.ratio.toFixed(2),
    f.controlRate === null ? '' : f.controlRate.toFixed(0),
    f.limit
  ])
  const widths = columns.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length))
  )
  const line = (cells: string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  const notes = figures.flatMap((f) =>
    Object.entries(f.notes ?? {}).map(([name, value]) => `  ${f.name}: ${name} ${value}`)
  )
  return [line(columns), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line), ...notes].join('\n')
}

/** Reads the value below which `share` of the sorted numbers lie. */
export function quantile(sorted: number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
