import { ApiMessageSchema } from '@wag/contracts'
import { findAmendments, readBilling, readTimeline } from '@wag/db'
import { type App } from '@wag/service'
import { amendmentsView } from '../../amendments.ts'
import { messageView, timelineEntry } from '../../api-message.ts'
import { IdParamsSchema, type MessagesContext, messageOf } from './context.ts'

/** `GET /v1/messages/<id>`: a message of either direction, with all that became of it. */
export function addShow(app: App, context: MessagesContext): void {
  app.get(
    '/v1/messages/:id',
    { config: { scope: 'read' }, schema: { params: IdParamsSchema, response: { 200: ApiMessageSchema } } },
    async (request) => {
      const message = await messageOf(context, request)
      const { db } = context
      const [timeline, billing, amendments] = await Promise.all([
        readTimeline(db, message),
        readBilling(db, message),
        message.wamid === null ? [] : findAmendments(db, message.tenantId, [message.wamid])
      ])
      return {
        ...messageView(message),
        timeline: timeline.map(timelineEntry),
        ...billing,
        ...amendmentsView(amendments)
      }
    }
  )
}
