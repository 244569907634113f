import { GatewayError } from '@wag/contracts'

export type Gate = { run<T>(task: () => Promise<T>): Promise<T> }

/** Lets so many tasks run at once, and so many wait for their turn, first come first served; one more is `overloaded`. */
export function createGate(runningMax: number, waitingMax: number): Gate {
  const waiting: (() => void)[] = []
  let running = 0

  async function enter(): Promise<void> {
    if (running < runningMax) {
      running += 1
      return
    }
    if (waiting.length >= waitingMax) throw new GatewayError('overloaded', 'Too many files are on their way to Meta')
    // Whoever leaves hands its place over: `running` stays as it is.
    await new Promise<void>((resolve) => waiting.push(resolve))
  }

  function leave(): void {
    const next = waiting.shift()
    if (next) next()
    else running -= 1
  }

  return {
    async run(task) {
      await enter()
      try {
        return await task()
      } finally {
        leave()
      }
    }
  }
}
