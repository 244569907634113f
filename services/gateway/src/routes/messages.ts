import { GatewayError, ListedMessageSchema } from '@wag/contracts'
import { type Db, findContact, listMessages } from '@wag/db'
import { type App, principalOf } from '@wag/service'
import { Type } from 'typebox'
import { contactIdOf } from '../contact-id.ts'
import { decodeMessageCursor, encodeMessageCursor, limitOf, linkNext, OriginalPageQuerySchema } from '../page.ts'
import { listedMessageOf } from '../view.ts'

/** `GET /messages/<contact id>/`: both directions, oldest first. */
export function addMessages(app: App, { db, publicUrl }: { db: Db; publicUrl: string }): void {
  app.get(
    '/messages/:contactId',
    {
      config: { scope: 'read' },
      schema: {
        params: Type.Object({ contactId: Type.String() }),
        querystring: OriginalPageQuerySchema,
        response: { 200: Type.Array(ListedMessageSchema) }
      }
    },
    async (request, reply) => {
      const { tenantId } = principalOf(request)
      const limit = limitOf(request.query.limit)
      const contact = await findContact(db, tenantId, contactIdOf(request.params.contactId))
      if (!contact) throw new GatewayError('contact_not_found', 'Contact not found')
      const after = request.query.cursor === undefined ? undefined : decodeMessageCursor(request.query.cursor)
      const found = await listMessages(db, tenantId, contact.id, after, limit + 1)
      const page = found.slice(0, limit)
      const last = page.at(-1)
      if (found.length > limit && last) linkNext(request, reply, publicUrl, encodeMessageCursor(last))
      return page.map((message) => listedMessageOf(message, contact))
    }
  )
}
