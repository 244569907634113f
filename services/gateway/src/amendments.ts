import { type ApiMessage } from '@wag/contracts'
import { type Amended } from '@wag/db'

/** What customers have done to a message since: reactions that still stand, the last edit, the deletion. */
export function amendmentsView(amendments: Amended[]): Pick<ApiMessage, 'reactions' | 'edited' | 'revoked_at'> {
  const reactions = amendments.flatMap(({ type, contactId, at, content }) => {
    const emoji = type === 'reaction' ? emojiOf(content) : ''
    return emoji === '' ? [] : [{ contact: contactId, emoji, at: at.toISOString() }]
  })
  const edit = last(amendments, 'edit')
  const revoked = last(amendments, 'revoke')
  return {
    ...(reactions.length > 0 && { reactions }),
    ...(edit && { edited: { content: editOf(edit.content), at: edit.at.toISOString() } }),
    ...(revoked && { revoked_at: revoked.at.toISOString() })
  }
}

function last(amendments: Amended[], type: string): Amended | undefined {
  return amendments
    .filter((amendment) => amendment.type === type)
    .sort((a, b) => +a.at - +b.at)
    .at(-1)
}

/** A reaction without an emoji takes the one before it back. */
function emojiOf(content: Record<string, unknown>): string {
  const { emoji } = Object(content.reaction)
  return typeof emoji === 'string' ? emoji : ''
}

function editOf(content: Record<string, unknown>): Record<string, unknown> {
  const { message } = Object(content.edit)
  return typeof message === 'object' && message !== null ? message : {}
}
