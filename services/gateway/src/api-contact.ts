import { type ApiContact } from '@wag/contracts'
import { type Contact } from '@wag/db'

/** What is told of a contact wherever one is shown. */
export function contactView(contact: Contact): Omit<ApiContact, 'windows' | 'merged_ids'> {
  return {
    id: contact.id,
    wa_id: contact.waId,
    user_id: contact.userId,
    parent_user_id: contact.parentUserId,
    name: contact.profileName,
    username: contact.username,
    opt_out: contact.optedOut,
    ...(contact.optAt && { opt_at: contact.optAt.toISOString() })
  }
}
