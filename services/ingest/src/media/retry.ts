/** Meta keeps what a customer sent for this long, in milliseconds; later there is nothing to ask for. */
const keptMs = 7 * 24 * 3_600_000
const delayMaxMs = 30 * 60_000
/** Meta may say this often that it has no such medium, before it is believed. */
const missingMax = 8
/** And may give this often what cannot be right. */
const wrongMax = 4

/** Why an attempt came to nothing. */
export type Trouble = {
  reason: string
  /** `missing`: Meta has no such medium. `wrong`: what it gives cannot be right. `away`: something does not work now. */
  kind: 'missing' | 'wrong' | 'away'
}

type Tries = { attempts: number; faults: number; since: Date }

/** What to do after a trouble: wait for so long, or give up. `jitter` is a random number of 0 to 1. */
export function afterTrouble(
  { kind }: Trouble,
  { attempts, faults, since }: Tries,
  retryMs: number,
  { now, jitter }: { now: number; jitter: number }
): { delayMs: number } | 'failed' | 'gone' {
  if (kind === 'wrong' && faults + 1 >= wrongMax) return 'failed'
  if (kind === 'missing' && faults + 1 >= missingMax) return 'gone'
  if (now - since.getTime() > keptMs) return 'gone'
  const steady = Math.min(delayMaxMs, retryMs * 3 ** Math.max(0, attempts - 1))
  return { delayMs: Math.round(steady * (1 + jitter / 4)) }
}
