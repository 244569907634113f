import { type ApiContact, ApiContactSchema, type ContactPage, ContactPageSchema, GatewayError } from '@wag/contracts'
import { type Contact, type Db, findContact, findMergedIds, findWindows, listContacts } from '@wag/db'
import { type App, principalOf } from '@wag/service'
import { Type } from 'typebox'
import { contactView } from '../api-contact.ts'
import { contactIdOf } from '../contact-id.ts'
import { cutPage, limitOf, nextOf, numberOfCursor, PageQuerySchema } from '../page.ts'

/** `GET /v1/contacts`, `GET /v1/contacts/<id>`: customers with all that Meta told of them, and their windows. */
export function addContactsApi(app: App, { db, publicUrl }: { db: Db; publicUrl: string }): void {
  app.get(
    '/v1/contacts',
    { config: { scope: 'read' }, schema: { querystring: PageQuerySchema, response: { 200: ContactPageSchema } } },
    async (request, reply): Promise<ContactPage> => {
      const { tenantId } = principalOf(request)
      const limit = limitOf(request.query.limit)
      const found = await listContacts(db, tenantId, numberOfCursor(request.query.cursor), limit + 1)
      const { page, last } = cutPage(found, limit)
      return { contacts: await viewsOf(db, tenantId, page), ...nextOf(request, reply, publicUrl, last) }
    }
  )

  app.get(
    '/v1/contacts/:id',
    {
      config: { scope: 'read' },
      schema: { params: Type.Object({ id: Type.String({ maxLength: 64 }) }), response: { 200: ApiContactSchema } }
    },
    async (request): Promise<ApiContact> => {
      const { tenantId } = principalOf(request)
      const contact = await findContact(db, tenantId, contactIdOf(request.params.id))
      const [view] = contact ? await viewsOf(db, tenantId, [contact]) : []
      if (!view) throw new GatewayError('contact_not_found', 'Contact not found')
      return view
    }
  )
}

async function viewsOf(db: Db, tenantId: string, contacts: Contact[]): Promise<ApiContact[]> {
  const ids = contacts.map(({ id }) => id)
  const [windows, mergedIds] = await Promise.all([findWindows(db, tenantId, ids), findMergedIds(db, tenantId, ids)])
  const byContact = Map.groupBy(windows, ({ contactId }) => contactId)
  return contacts.map((contact) => ({
    ...contactView(contact),
    windows: (byContact.get(contact.id) ?? []).map(({ phoneNumberId, openUntil }) => ({
      number: phoneNumberId,
      open_until: openUntil.toISOString()
    })),
    merged_ids: mergedIds.get(contact.id) ?? []
  }))
}
