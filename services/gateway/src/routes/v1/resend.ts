import { ApiMessageSchema, createId, GatewayError, type MessageState } from '@wag/contracts'
import { type MessageRecord, type NewMessage, outboundContentOf } from '@wag/db'
import { type App } from '@wag/service'
import { sendOne } from '../../send-one.ts'
import { IdParamsSchema, type MessagesContext, messageOf } from './context.ts'

/** What has ended without certainly reaching its recipient. */
const repeatable = new Set<MessageState>(['unknown', 'failed', 'expired', 'cancelled'])

/** `POST /v1/messages/<id>/resend`: a new message that says the same and names the old one. */
export function addResend(app: App, context: MessagesContext): void {
  app.post(
    '/v1/messages/:id/resend',
    {
      config: { scope: 'send' },
      schema: { params: IdParamsSchema, response: { 200: ApiMessageSchema, 202: ApiMessageSchema } }
    },
    (request, reply) => sendOne(context, request, reply, async () => repeat(await messageOf(context, request)))
  )
}

/** To be sent at once: the time it once had is over. */
function repeat(message: MessageRecord): NewMessage {
  const { tenantId, phoneNumberId, recipientKind, recipient, priority, onUnknown, metadata } = message
  if (!repeatable.has(message.state) || recipient === null) {
    throw new GatewayError('state_conflict', `A message that is ${message.state} cannot be sent again`)
  }
  return {
    id: createId(),
    tenantId,
    phoneNumberId,
    recipient: { kind: recipientKind, id: recipient },
    content: outboundContentOf(message),
    priority,
    onUnknown,
    metadata: metadata ?? undefined,
    resendOf: message.id
  }
}
