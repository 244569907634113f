import { fork } from 'node:child_process'
import { once } from 'node:events'
import { type Source } from './requests.ts'

/** What a load does: at most `requests`, for at most `seconds`; with a `rate` (requests per second) in an open loop. */
export type LoadPlan = {
  port: number
  connections: number
  source: Source
  requests: number
  seconds: number
  rate?: number
}

/** What became of it; times in milliseconds, from the first byte written to the last one read. */
export type LoadReport = {
  answered: number
  lost: number
  statuses: Record<string, number>
  tookMs: number
  p50Ms: number
  p99Ms: number
  maxMs: number
}

/** Runs a load in a process of its own, so that it shares no event loop with what it measures. */
export async function runLoad(plan: LoadPlan): Promise<LoadReport> {
  const child = fork(new URL('child.ts', import.meta.url).pathname)
  try {
    const answered = Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => [{ error: 'it ended early' }])
    ])
    child.send(plan)
    const [report] = (await answered) as [LoadReport | { error: string }]
    if ('error' in report) throw new Error(`the load failed: ${report.error}`)
    return report
  } finally {
    child.kill('SIGKILL')
  }
}
