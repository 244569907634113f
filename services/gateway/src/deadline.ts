import { GatewayError } from '@wag/contracts'

/** How long a request may wait for its commit, in milliseconds; later than this the caller had better repeat it. */
const commitDeadlineMs = 1_900

/**
 * Waits for a commit, but not for ever. After `ledger_unavailable` the row may still be committed: the caller has not
 * been told anything, and repeats.
 */
export async function withinDeadline<T>(commit: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(
        new GatewayError(
          'ledger_unavailable',
          'The database did not answer in time. Whether this request took effect is not known'
        )
      )
    }, commitDeadlineMs)
  })
  try {
    return await Promise.race([commit, deadline])
  } finally {
    clearTimeout(timer)
  }
}
