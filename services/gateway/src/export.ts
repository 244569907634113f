import { Readable } from 'node:stream'
import { GatewayError } from '@wag/contracts'
import {
  type Db,
  type ExportedContact,
  type ExportedMessage,
  readExportContact,
  readExportMessages,
  recordExport
} from '@wag/db'

type ExportRequest = { tenantId: string; contactId: number; keyId: string }

/** Messages read at once. */
const pageMax = 200

/** All that is kept of a contact, as a stream of JSON; noted in the audit before the first byte leaves. */
export async function exportContact(db: Db, request: ExportRequest): Promise<Readable> {
  const contact = await readExportContact(db, request.tenantId, request.contactId)
  if (!contact) throw new GatewayError('contact_not_found', 'Contact not found')
  await recordExport(db, { ...request, counts: {} })
  return Readable.from(pieces(db, request, contact))
}

async function* pieces(
  db: Db,
  { tenantId, contactId }: ExportRequest,
  contact: ExportedContact
): AsyncGenerator<string> {
  yield `{"contact":${JSON.stringify(viewOf(contact))},"messages":[`
  let after: ExportedMessage | undefined
  let separator = ''
  for (;;) {
    const page = await readExportMessages(db, tenantId, contactId, after, pageMax)
    for (const message of page) {
      yield `${separator}${JSON.stringify(messageOf(message))}`
      separator = ','
    }
    after = page.at(-1)
    if (page.length < pageMax) break
  }
  yield ']}'
}

function viewOf(contact: ExportedContact) {
  return {
    id: contact.id,
    wa_id: contact.waId,
    user_id: contact.userId,
    parent_user_id: contact.parentUserId,
    username: contact.username,
    profile_name: contact.profileName,
    opted_out: contact.optedOut,
    created_at: contact.createdAt,
    former_ids: contact.aliases,
    windows: contact.windows.map(({ phoneNumberId, lastAt }) => ({ phone_number_id: phoneNumberId, last_at: lastAt }))
  }
}

function messageOf({ phoneNumberId, wamid, ...message }: ExportedMessage) {
  return { ...message, phone_number_id: phoneNumberId, message_id: wamid }
}
