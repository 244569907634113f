import { ApiMessageSchema, GatewayError } from '@wag/contracts'
import { cancelMessage } from '@wag/db'
import { type App } from '@wag/service'
import { messageView } from '../../api-message.ts'
import { IdParamsSchema, type MessagesContext, messageOf } from './context.ts'

/** `DELETE /v1/messages/<id>`: cancels what is not being sent yet. What is cancelled already stays so. */
export function addCancel(app: App, context: MessagesContext): void {
  const { db, publisher } = context
  app.delete(
    '/v1/messages/:id',
    { config: { scope: 'send' }, schema: { params: IdParamsSchema, response: { 200: ApiMessageSchema } } },
    async (request) => {
      const { id, tenantId } = await messageOf(context, request)
      const ends = await cancelMessage(db, tenantId, id)
      const message = await messageOf(context, request)
      if (message.state !== 'cancelled') {
        throw new GatewayError('state_conflict', `A message that is ${message.state} cannot be cancelled`)
      }
      const hints = [
        ...(ends ?? []).map((end) => publisher.eventsGrew(end)),
        publisher.sendsEnded({ messageIds: [id] })
      ]
      for (const hint of hints) {
        hint.catch((error: unknown) => request.log.debug({ err: error }, 'a hint was not published'))
      }
      return messageView(message)
    }
  )
}
