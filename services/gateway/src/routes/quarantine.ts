import { GatewayError, isId, QuarantinePageSchema, ReplayReplySchema } from '@wag/contracts'
import { findQuarantined, listQuarantine } from '@wag/db'
import { type App, principalOf } from '@wag/service'
import { Type } from 'typebox'
import { cutPage, idOfCursor, limitOf, nextOf, PageQuerySchema } from '../page.ts'
import { replayOne, type WebhooksContext } from './webhooks.ts'

/** What was put aside, and why: `GET /v1/quarantine`; `POST /v1/quarantine/<id>/replay` tries its webhook once more. */
export function addQuarantine(app: App, context: WebhooksContext): void {
  app.get(
    '/v1/quarantine',
    { config: { scope: 'read' }, schema: { querystring: PageQuerySchema, response: { 200: QuarantinePageSchema } } },
    async (request, reply) => {
      const limit = limitOf(request.query.limit)
      const before = idOfCursor(request.query.cursor)
      const found = await listQuarantine(context.db, principalOf(request).tenantId, before, limit + 1)
      const { page, last } = cutPage(found, limit)
      const entries = page.map((entry) => ({
        id: entry.id,
        webhook_id: entry.webhookId,
        created_at: entry.createdAt.toISOString(),
        reason: entry.reason,
        item: entry.item
      }))
      return { quarantine: entries, ...nextOf(request, reply, context.publicUrl, last) }
    }
  )

  app.post(
    '/v1/quarantine/:id/replay',
    {
      config: { scope: 'admin' },
      schema: { params: Type.Object({ id: Type.String() }), response: { 202: ReplayReplySchema } }
    },
    async (request, reply) => {
      const { id } = request.params
      const { tenantId } = principalOf(request)
      const entry = isId(id) ? await findQuarantined(context.db, tenantId, id) : undefined
      if (!entry) throw new GatewayError('quarantine_not_found', 'Nothing with this id is in quarantine')
      await replayOne(context, tenantId, entry.webhookId)
      return reply.code(202).send({ replayed: 1 })
    }
  )
}
