import { ListedContactSchema } from '@wag/contracts'
import { type Db, listContacts } from '@wag/db'
import { type App, principalOf } from '@wag/service'
import { Type } from 'typebox'
import { cutPage, limitOf, linkNext, numberOfCursor, OriginalPageQuerySchema } from '../page.ts'
import { contactNameOf } from '../view.ts'

/** `GET /contacts/` */
export function addContacts(app: App, { db, publicUrl }: { db: Db; publicUrl: string }): void {
  app.get(
    '/contacts',
    {
      config: { scope: 'read' },
      schema: { querystring: OriginalPageQuerySchema, response: { 200: Type.Array(ListedContactSchema) } }
    },
    async (request, reply) => {
      const { tenantId } = principalOf(request)
      const limit = limitOf(request.query.limit)
      const found = await listContacts(db, tenantId, numberOfCursor(request.query.cursor), limit + 1)
      const { page, last } = cutPage(found, limit)
      if (last !== undefined) linkNext(request, reply, publicUrl, last)
      return page.map((contact) => ({
        id: contact.id,
        wa_id: contactNameOf(contact),
        profile_name: contact.profileName
      }))
    }
  )
}
