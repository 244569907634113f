import {
  captionLengthMax,
  filenameLengthMax,
  GatewayError,
  type OutboundContent,
  type SendMessageBody,
  SendMessageBodySchema,
  SentMessageSchema,
  textLengthMax
} from '@wag/contracts'
import { findContact } from '@wag/db'
import { type App, principalOf } from '@wag/service'
import { Type } from 'typebox'
import { contactIdOf } from '../contact-id.ts'
import { digitsOf } from '../phone-number.ts'
import { type SendingContext, submitAndWait } from '../submit.ts'
import { sentMessageOf } from '../view.ts'

/** `POST /<contact id>/send_message/` */
export function addSendMessage(app: App, context: SendingContext): void {
  app.post(
    '/:contactId/send_message',
    {
      config: { scope: 'send' },
      schema: {
        params: Type.Object({ contactId: Type.String() }),
        body: SendMessageBodySchema,
        response: { 200: SentMessageSchema, 202: SentMessageSchema }
      }
    },
    async (request, reply) => {
      const { tenantId } = principalOf(request)
      const contact = await findContact(context.db, tenantId, contactIdOf(request.params.contactId))
      if (!contact) throw new GatewayError('contact_not_found', 'Contact not found')
      const recipient = digitsOf(request.body.to, 'to')
      if (recipient !== contact.waId) throw new GatewayError('not_contact_number', "to is not this contact's number")
      const message = await submitAndWait(context, request, reply, recipient, contentOf(request.body))
      return reply.code(message.wamid ? 200 : 202).send(sentMessageOf(message, contact))
    }
  )
}

function contentOf(body: SendMessageBody): OutboundContent {
  if (body.type === 'text') return { type: 'text', text: { body: textOf(body) } }
  const caption = captionOf(body)
  const media = { link: linkOf(body), ...(caption && { caption }) }
  if (body.type === 'image') return { type: 'image', image: media }
  return {
    type: 'document',
    document: { ...media, ...(body.filename && { filename: within(body.filename, 'filename', filenameLengthMax) }) }
  }
}

function textOf({ body }: SendMessageBody): string {
  if (!body) throw new GatewayError('bad_request', 'body is required for a text message')
  return within(body, 'body', textLengthMax)
}

function linkOf({ link, type }: SendMessageBody): string {
  if (!link) throw new GatewayError('bad_request', `link is required for a message of type ${type}`)
  if (/^https?:\/\/\S+$/.test(link) && URL.canParse(link) && link.length <= 2048) return link
  throw new GatewayError('bad_request', 'link must be an http or https URL of at most 2048 characters')
}

function captionOf({ caption }: SendMessageBody): string | undefined {
  return caption && within(caption, 'caption', captionLengthMax)
}

/** A character is a code point, as everywhere. */
function within(text: string, field: string, lengthMax: number): string {
  if (Array.from(text).length <= lengthMax) return text
  throw new GatewayError('bad_request', `${field} must not be longer than ${lengthMax} characters`)
}
