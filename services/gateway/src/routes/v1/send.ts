import { ApiMessageSchema } from '@wag/contracts'
import { type App } from '@wag/service'
import { sendOne } from '../../send-one.ts'
import { type MessagesContext } from './context.ts'

/** `POST /v1/messages`: sends one message. */
export function addSend(app: App, context: MessagesContext): void {
  app.post(
    '/v1/messages',
    { config: { scope: 'send' }, schema: { response: { 200: ApiMessageSchema, 202: ApiMessageSchema } } },
    (request, reply) => sendOne(context, request, reply, (tenantId) => context.drafts.draft(tenantId, request.body))
  )
}
