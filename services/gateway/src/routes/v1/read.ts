import { GatewayError, ReadBodySchema, ReadReplySchema } from '@wag/contracts'
import { loadAccessToken } from '@wag/db'
import { type App } from '@wag/service'
import { Type } from 'typebox'
import { IdParamsSchema, type MessagesContext, messageOf } from './context.ts'

const OptionalBodySchema = Type.Union([ReadBodySchema, Type.Null()])

/** `POST /v1/messages/<id>/read`: shows a customer that the message was read, and on request that an answer is being typed. */
export function addRead(app: App, context: MessagesContext): void {
  const { db, graph, encryptionKey } = context
  app.post(
    '/v1/messages/:id/read',
    {
      config: { scope: 'send' },
      schema: { params: IdParamsSchema, body: OptionalBodySchema, response: { 200: ReadReplySchema } }
    },
    async (request) => {
      const { tenantId, phoneNumberId, direction, wamid } = await messageOf(context, request)
      if (direction !== 'in' || wamid === null) {
        throw new GatewayError('state_conflict', 'Only a message that came in can be marked as read')
      }
      const accessToken = await loadAccessToken(db, { tenantId, id: phoneNumberId }, encryptionKey)
      if (!accessToken) throw new GatewayError('number_not_found', 'The number it came to has no access token')
      const isTyping = Boolean(request.body?.typing_indicator)
      await graph.markRead({ phoneNumberId, accessToken, wamid, isTyping })
      return { success: true }
    }
  )
}
