/** SQLSTATE of a Postgres error; undefined for anything else (a lost connection, a time-out of ours). */
function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  return /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined
}

/** Whether one row's data is at fault (class 22 data exception, 23 constraint, 54 limit): trying its neighbours without it helps. */
export function isDataFault(error: unknown): boolean {
  return /^(22|23|54)/.test(sqlState(error) ?? '')
}

/** Whether a row would have been there twice: somebody else wrote the other one at the same moment. */
export function isDuplicate(error: unknown): boolean {
  return sqlState(error) === '23505'
}

/** Whether the connection is gone or the server is going: nothing else will work on it either. */
export function isConnectionLost(error: unknown): boolean {
  const state = sqlState(error)
  if (state !== undefined && !state.startsWith('E')) return /^(08|57P)/.test(state)
  return isLedgerAway(error)
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

/** What a lost, refused or silent connection says, which has no SQLSTATE. */
const awayMessages = /timeout|terminated|ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|not queryable|Client has encountered/i

/**
 * Whether the ledger could not be reached or does not take writes now: connection errors (08), shutdown and cancelled
 * statements (57), too many connections or a full disk (53), read-only (25006), or no connection at all.
 */
export function isLedgerAway(error: unknown): boolean {
  const state = sqlState(error)
  if (state !== undefined && !state.startsWith('E')) return /^(08|53|57|25006)/.test(state)
  return (
    error instanceof Error &&
    (awayMessages.test(error.message) || ('code' in error && awayMessages.test(String(error.code))))
  )
}
