import { ListedContactSchema } from '@wag/contracts'
import { type Db, listContacts } from '@wag/db'
import { type App, principalOf } from '@wag/service'
import { Type } from 'typebox'
import { badCursor, decodeCursor, limitOf, linkNext, PageQuerySchema } from '../page.ts'
import { contactNameOf } from '../view.ts'

/** `GET /contacts/` */
export function addContacts(app: App, { db, publicUrl }: { db: Db; publicUrl: string }): void {
  app.get(
    '/contacts',
    {
      config: { scope: 'read' },
      schema: { querystring: PageQuerySchema, response: { 200: Type.Array(ListedContactSchema) } }
    },
    async (request, reply) => {
      const { tenantId } = principalOf(request)
      const limit = limitOf(request.query.limit)
      const after = request.query.cursor === undefined ? 0 : cursorOf(request.query.cursor)
      const found = await listContacts(db, tenantId, after, limit + 1)
      const page = found.slice(0, limit)
      const last = page.at(-1)
      if (found.length > limit && last) linkNext(request, reply, publicUrl, String(last.id))
      return page.map((contact) => ({
        id: contact.id,
        wa_id: contactNameOf(contact),
        profile_name: contact.profileName
      }))
    }
  )
}

function cursorOf(cursor: string): number {
  const id = decodeCursor(cursor)
  if (!/^\d{1,15}$/.test(id)) throw badCursor()
  return Number(id)
}
