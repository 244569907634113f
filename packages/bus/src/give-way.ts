import { type Brake } from '@wag/contracts'
import { type Pace } from './pace.ts'

/** What met an error of Meta's: a number, whom it wrote to, and the numbers that share what a wider brake names. */
export type BrakedSend = { phoneNumberId: string; contactId: number; sharing: readonly string[] }

/** Lets the pace give way. */
export async function giveWay(
  pace: Pick<Pace, 'slow' | 'hold' | 'refuse'>,
  { phoneNumberId, contactId, sharing }: BrakedSend,
  brake: Brake
): Promise<void> {
  if (brake.scope === 'number') return pace.slow(phoneNumberId, brake.factor, brake.holdMs)
  if (brake.scope === 'pair') return pace.refuse(phoneNumberId, contactId, brake.holdMs)
  return pace.hold([...new Set([phoneNumberId, ...sharing])], brake.holdMs)
}
