import { type Static, Type } from 'typebox'

/** How urgent a message is. Whatever waits with a lower place goes first: a one-time code overtakes a campaign. */
export const priorities = ['otp', 'normal', 'bulk'] as const
export const PrioritySchema = Type.Enum(priorities)
export type Priority = Static<typeof PrioritySchema>

/** The place of a priority in the order; the ledger's column `priority`. */
export function priorityRank(priority: Priority): number {
  return priorities.indexOf(priority)
}

/** What becomes of a message whose answer was lost and that no status has settled: it stays, or it is sent once more. */
export const OnUnknownSchema = Type.Enum(['hold', 'resend'])
export type OnUnknown = Static<typeof OnUnknownSchema>

/** What a recipient is named by: a phone number in digits, a business-scoped user id, or a group's id. */
export const RecipientKindSchema = Type.Enum(['phone', 'user', 'group'])
export type RecipientKind = Static<typeof RecipientKindSchema>

/** Whom a message goes to: a phone number in digits with its country code, a business-scoped user id, or a group's id. */
export type Recipient = { kind: RecipientKind; id: string }

/** What may be paused, from the widest to the narrowest. */
export const PauseScopeSchema = Type.Enum(['app', 'token', 'waba', 'number', 'template'])
export type PauseScope = Static<typeof PauseScopeSchema>

/** How the pace gives way to an error of Meta's: of one number, to one person, or of all numbers that share something. */
export type Brake =
  | { scope: 'number'; factor: number; holdMs: number }
  | { scope: 'pair'; holdMs: number }
  | { scope: 'app' | 'token' | 'waba'; holdMs: number }
