import { type TestContext } from '@wag/testkit'

/** Runs a measurement; what it opened is closed afterwards, last in first out. */
export async function scoped<T>(measure: (t: TestContext) => Promise<T>): Promise<T> {
  const cleanups: (() => unknown)[] = []
  try {
    return await measure({ teardown: (fn) => void cleanups.unshift(fn) })
  } finally {
    for (const cleanup of cleanups) await cleanup()
  }
}
