import { type Kept, type Running } from './keep-running.ts'
import { say } from './say.ts'

/** Everything that runs, in the order in which it was started. */
export type RunningList = {
  /** Aborted as soon as the end begins. */
  ending: AbortSignal
  /** Takes over a process; when the end has begun meanwhile, it is stopped at once and the result rejects. */
  add(kept: Kept): Promise<Kept>
  /** Takes over a process that ends by itself; the result gives it back. */
  during(child: Running): () => void
  onEnd(close: () => void): void
  /** Stops everything, last in first out. */
  end(): Promise<void>
  stopOnSignals(): void
}

// npm passes on the signal that the terminal already gave to all: these two are one Ctrl-C.
const sameSignalMs = 500

/** An empty list. */
export function createRunningList(): RunningList {
  const list: Kept[] = []
  const children = new Set<Running>()
  const closers: (() => void)[] = []
  const abort = new AbortController()
  let endedAt: number | undefined
  let ended: Promise<void> | undefined

  async function stopAll(): Promise<void> {
    abort.abort()
    for (const child of children) await child.stop()
    for (let kept = list.pop(); kept !== undefined; kept = list.pop()) {
      const name = kept.name
      stopping = kept
      await kept.stop()
      say(`${name} is stopped`)
    }
    for (const close of closers) close()
  }

  let stopping: Kept | undefined

  function killAll(): void {
    say('killing everything')
    for (const child of [...children, stopping, ...list.toReversed()]) child?.kill()
  }

  function onSignal(): void {
    if (endedAt === undefined) {
      endedAt = performance.now()
      say('stopping (Ctrl-C again kills)')
      void end()
    } else if (performance.now() - endedAt > sameSignalMs) killAll()
  }

  function end(): Promise<void> {
    ended ??= stopAll()
    return ended
  }

  return {
    ending: abort.signal,
    async add(kept) {
      if (abort.signal.aborted) await kept.stop()
      abort.signal.throwIfAborted()
      list.push(kept)
      return kept
    },
    during(child) {
      children.add(child)
      return () => children.delete(child)
    },
    onEnd: (close) => void closers.push(close),
    end,
    stopOnSignals() {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
    }
  }
}
