import { ApiNumberSchema, type NumberPage, NumberPageSchema } from '@wag/contracts'
import { listNumbers } from '@wag/db'
import { type App, principalOf } from '@wag/service'
import { numberViews } from '../../api-number.ts'
import { badCursor, cutPage, decodeCursor, limitOf, nextOf, PageQuerySchema } from '../../page.ts'
import { findNumber, idShape, type NumbersContext, ParamsSchema, show } from './context.ts'

/** Numbers on a page, and how far each of their counts goes. */
const pageMax = 100
const countMax = 1_000

/** `GET /v1/phone-numbers`, `GET /v1/phone-numbers/<id>`: what stops a number and what waits. */
export function addNumberReads(app: App, context: NumbersContext): void {
  const { db, publicUrl } = context
  app.get(
    '/v1/phone-numbers',
    { config: { scope: 'read' }, schema: { querystring: PageQuerySchema, response: { 200: NumberPageSchema } } },
    async (request, reply): Promise<NumberPage> => {
      const limit = Math.min(limitOf(request.query.limit), pageMax)
      const after = request.query.cursor === undefined ? '' : idOf(request.query.cursor)
      const found = await listNumbers(db, principalOf(request).tenantId, { after, limit: limit + 1 })
      const { page, last } = cutPage(found, limit)
      return { phone_numbers: await numberViews(context, page, countMax), ...nextOf(request, reply, publicUrl, last) }
    }
  )

  app.get(
    '/v1/phone-numbers/:id',
    { config: { scope: 'read' }, schema: { params: ParamsSchema, response: { 200: ApiNumberSchema } } },
    async (request) => show(context, await findNumber(db, request, request.params.id))
  )
}

function idOf(cursor: string): string {
  const id = decodeCursor(cursor)
  if (!idShape.test(id)) throw badCursor()
  return id
}
