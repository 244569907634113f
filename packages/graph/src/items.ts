import { type MisfitItem, type OtherItem } from '@wag/contracts'

/** Where the items of one change come from. */
export type Source = { accountId?: string; phoneNumberId?: string; displayNumber?: string }

/** Characters of a word of Meta's that are kept: a type, a status, an event. */
export const wordLengthMax = 64

/** Anything that changes nothing here, and why. */
export function otherItem(source: Source, field: string | undefined, reason: string, content: unknown): OtherItem {
  const item: OtherItem = { kind: 'other', ...source, reason, content }
  if (field !== undefined) item.field = field
  return item
}

/** What should have been an item and is none. */
export function misfitItem(source: Source, field: string | undefined, reason: string, content: unknown): MisfitItem {
  const item: MisfitItem = { kind: 'misfit', ...source, reason, content }
  if (field !== undefined) item.field = field
  return item
}
