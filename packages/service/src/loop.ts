/** A task that runs again and again. */
export type Loop = {
  /** No further run begins; resolves when the current one has ended. */
  stop(): Promise<void>
}

/** Runs `task` every `intervalMs`, never twice at once; an error goes to `onError` and the loop goes on. */
export function every(intervalMs: number, task: () => Promise<void>, onError: (error: unknown) => void): Loop {
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let running: Promise<void> = Promise.resolve()

  async function run(): Promise<void> {
    try {
      await task()
    } catch (error) {
      onError(error)
    }
    if (!stopped) schedule()
  }

  function schedule(): void {
    timer = setTimeout(() => {
      running = run()
    }, intervalMs)
  }

  schedule()
  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    }
  }
}
