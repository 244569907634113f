import { ApiMessageSchema } from '@wag/contracts'
import { readTimeline } from '@wag/db'
import { type App } from '@wag/service'
import { messageView, timelineEntry } from '../../api-message.ts'
import { IdParamsSchema, type MessagesContext, messageOf } from './context.ts'

/** `GET /v1/messages/<id>`: a message of either direction, with all that became of it. */
export function addShow(app: App, context: MessagesContext): void {
  app.get(
    '/v1/messages/:id',
    { config: { scope: 'read' }, schema: { params: IdParamsSchema, response: { 200: ApiMessageSchema } } },
    async (request) => {
      const message = await messageOf(context, request)
      const timeline = await readTimeline(context.db, message)
      return { ...messageView(message), timeline: timeline.map(timelineEntry) }
    }
  )
}
