import { userIdOf } from './ids.ts'
import { type Phones } from './phones.ts'
import { hash } from './seed.ts'
import { contactOf, strangerOf, type Update } from './updates.ts'
import { type Recipient } from './validate/recipient.ts'

/** How many phones are in every group, apart from the business's. */
const membersCount = 2

/**
 * Whom statuses of this word are about, in Meta's fields: one for a person, by their number as far as the business knows
 * it; one for a group until it has reached its members, and then one for each of them.
 */
export function whomOf({ kind, id }: Recipient, word: Update['status']): object[] {
  if (kind === 'phone') return [{ recipient_id: id, recipient_user_id: userIdOf(id) }]
  if (kind === 'user') return [{ recipient_user_id: id }]
  const group = { recipient_id: id, recipient_type: 'group' }
  if (word !== 'delivered' && word !== 'read') return [group]
  return membersOf(id).map((member) => ({ ...group, recipient_participant_id: member }))
}

/** The contact that goes along with a status; groups have none. */
export function contactFor({ kind, id }: Recipient, phones: Phones): object | undefined {
  if (kind === 'group') return undefined
  const name = phones.nameOf(id)
  return kind === 'user' ? strangerOf(id, name) : contactOf(id, name)
}

function membersOf(groupId: string): string[] {
  return Array.from(
    { length: membersCount },
    (_, n) => `1650555${String(hash(`${groupId} ${n}`) % 10_000).padStart(4, '0')}`
  )
}
