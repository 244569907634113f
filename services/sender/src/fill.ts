import { type ClaimedMessage } from '@wag/db'
import { type Claims } from './claim.ts'
import { type Endings } from './endings.ts'
import { type Hand } from './hand.ts'
import { type Lookahead } from './lookahead.ts'
import { type Opened } from './opened.ts'
import { type Permits } from './permits.ts'
import { type Slots } from './slots.ts'

type FillContext = {
  phoneNumberId: string
  claims: Claims
  permits: Permits
  lookahead: Lookahead
  opened: Opened
  hand: Hand
  slots: Slots
  endings: Endings
  rate: () => number
  isClosed: () => boolean
}

/** Whether there may be more that is due; if not, when the next message is, in milliseconds. */
export type Filled = { isMore: boolean; nextDueMs?: number | undefined }

/** Claims as much as the hand lacks and asks for its slots. Throws where the ledger or the number cannot be read. */
export async function fill(context: FillContext): Promise<Filled> {
  const { phoneNumberId, claims, permits, lookahead, opened, hand, slots, endings, rate, isClosed } = context
  // Before the claim: a number that cannot send leaves its messages queued.
  const number = await opened.open()
  if (!number) return { isMore: false }
  const permitted = await permits.take(number.tenantId, Math.max(1, lookahead.size(rate()) - hand.size()))
  let kept = 0
  let filled: Filled = { isMore: false }
  try {
    if (isClosed()) return filled
    const startedAt = performance.now()
    const { messages, nextDueMs, claimedAt, tokenHash } = await claims.take(phoneNumberId, permitted)
    lookahead.learn(performance.now() - startedAt)
    const isUsable = messages.length === 0 || tokenHash === number.tokenHash || (await opened.reopen())
    kept = messages.length
    for (const message of messages) {
      if (isUsable && !isClosed()) keep(context, message, claimedAt)
      else endings.putBack(message)
    }
    if (kept < permitted) slots.rest()
    filled = kept < permitted ? { isMore: false, nextDueMs } : { isMore: true }
  } finally {
    permits.give(permitted - kept)
  }
  slots.ask()
  return filled
}

function keep({ hand, endings }: FillContext, message: ClaimedMessage, claimedAt: number): void {
  const { expiresInMs, templatePausedMs } = message
  if (expiresInMs !== null && expiresInMs <= 0) endings.letGo(message, { kind: 'expired' })
  else if (templatePausedMs !== null) endings.letGo(message, { kind: 'unposted', delayMs: templatePausedMs })
  else hand.add({ message, claimedAt, isReady: false })
}
