import { setTimeout as wait } from 'node:timers/promises'
import { say } from './say.ts'

/** A process that was started, and how it ended. */
export type Running = {
  pid: number
  exited: Promise<string>
  /** Ends it politely, within a bounded time. */
  stop(): Promise<void>
  /** Ends it at once. */
  kill(): void
}

/** A process that is started again whenever it dies. */
export type Kept = {
  name: string
  /** How often it has died so far. */
  deaths(): number
  stop(): Promise<void>
  kill(): void
}

const firstDelayMs = 250
const lastDelayMs = 10_000
const soundAfterMs = 30_000

/** Starts a process and, until it is stopped, starts it again each time it dies: soon at first, then ever slower. */
export async function keepRunning(name: string, start: () => Promise<Running>): Promise<Kept> {
  const stopping = new AbortController()
  let current = await start()
  let deaths = 0
  let delayMs = firstDelayMs

  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      const startedAt = performance.now()
      const how = await current.exited
      if (stopping.signal.aborted) return
      deaths += 1
      if (performance.now() - startedAt > soundAfterMs) delayMs = firstDelayMs
      await restart(`${name} ended by itself (${how})`)
    }
  }

  async function restart(why: string): Promise<void> {
    say(`${why}: starting it again in ${delayMs} ms`)
    // The only way it rejects is our own abort, which the check below sees.
    await wait(delayMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    delayMs = Math.min(delayMs * 2, lastDelayMs)
    if (stopping.signal.aborted) return
    try {
      current = await start()
    } catch (error) {
      return await restart(error instanceof Error ? error.message : String(error))
    }
    if (stopping.signal.aborted) await current.stop()
  }

  const watching = watch()
  return {
    name,
    deaths: () => deaths,
    async stop() {
      stopping.abort()
      await current.stop()
      await watching
    },
    kill() {
      stopping.abort()
      current.kill()
    }
  }
}
