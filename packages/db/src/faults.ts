/** SQLSTATE of a Postgres error; undefined for anything else (a lost connection, a time-out of ours). */
function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  return /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined
}

/** Whether one row's data is at fault (class 22 data exception, 23 constraint, 54 limit): trying its neighbours without it helps. */
export function isDataFault(error: unknown): boolean {
  return /^(22|23|54)/.test(sqlState(error) ?? '')
}

/** Whether the same transaction may simply be run again: deadlock or serialisation failure. */
export function isTransient(error: unknown): boolean {
  const state = sqlState(error)
  return state === '40P01' || state === '40001'
}

/** Runs `attempt` again, up to three times in all, when the database asks for it. */
export async function withRetry<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      if (tries === 3 || !isTransient(error)) throw error
    }
  }
}
