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
import { contactView } from './api-contact.ts'

type ExportRequest = { tenantId: string; contactId: number; keyId: string }

/** Messages read at once. */
const pageMax = 200

/** All that is kept of a contact, as a stream of JSON; noted in the audit before the first byte leaves. */
export async function exportContact(db: Db, request: ExportRequest): Promise<Readable> {
  const contact = await readExportContact(db, request.tenantId, request.contactId)
  if (!contact) throw new GatewayError('contact_not_found', 'Contact not found')
  await recordExport(db, { ...request, contactId: contact.id, counts: {} })
  return Readable.from(pieces(db, request.tenantId, contact))
}

async function* pieces(db: Db, tenantId: string, contact: ExportedContact): AsyncGenerator<string> {
  yield `{"contact":${JSON.stringify(viewOf(contact))},"messages":[`
  let after: ExportedMessage | undefined
  let separator = ''
  for (;;) {
    const page = await readExportMessages(db, tenantId, contact.id, after, pageMax)
    for (const message of page) {
      yield `${separator}${JSON.stringify(messageOf(message))}`
      separator = ','
    }
    after = page.at(-1)
    if (page.length < pageMax) break
  }
  yield ']}'
}

/** Named as in `GET /v1/contacts/<id>`, with what only an export has. */
function viewOf(contact: ExportedContact) {
  return {
    ...contactView(contact),
    created_at: contact.createdAt,
    former_ids: contact.aliases,
    windows: contact.windows.map(({ phoneNumberId, lastAt }) => ({ number: phoneNumberId, last_at: lastAt }))
  }
}

function messageOf({ phoneNumberId, state, ...message }: ExportedMessage) {
  return { ...message, status: state, number: phoneNumberId }
}
