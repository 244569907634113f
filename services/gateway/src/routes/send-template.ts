import { GatewayError, SendTemplateBodySchema, StatusReplySchema, templateNameLengthMax } from '@wag/contracts'
import { type Message } from '@wag/db'
import { type App } from '@wag/service'
import { digitsOf } from '../phone-number.ts'
import { type SendingContext, submitAndWait } from '../submit.ts'

const defaultLanguage = 'en_US'

/** What a caller is told whose time is up, or who repeats a request whose message came to an end. */
const texts = {
  queued: 'The message waits to be sent',
  unknown: "Meta's answer was lost: the message may have been sent",
  expired: 'The message was not sent: its time was over before it could be',
  cancelled: 'The message was not sent: it was cancelled'
}

function statusOf({ state }: Message): keyof typeof texts {
  return state === 'unknown' || state === 'expired' || state === 'cancelled' ? state : 'queued'
}

/** `POST /send-template-message/` */
export function addSendTemplate(app: App, context: SendingContext): void {
  app.post(
    '/send-template-message',
    {
      config: { scope: 'send' },
      schema: { body: SendTemplateBodySchema, response: { 200: StatusReplySchema, 202: StatusReplySchema } }
    },
    async (request, reply) => {
      const { to_phone_number, template_name, language_code } = request.body
      const recipient = digitsOf(to_phone_number, 'to_phone_number')
      const template = { name: templateNameOf(template_name), language: { code: languageOf(language_code) } }
      const message = await submitAndWait(context, request, reply, recipient, { type: 'template', template })
      if (message.wamid) return { status: 'success', message: 'Message sent successfully!' }
      const status = statusOf(message)
      return reply.code(202).send({ status, message: `${texts[status]} (message ${message.id})` })
    }
  )
}

/** Meta's names know lower-case letters, digits and underscores. */
function templateNameOf(given: string): string {
  const name = given.trim().toLowerCase().replaceAll(' ', '_')
  if (/^[a-z0-9_]+$/.test(name) && name.length <= templateNameLengthMax) return name
  throw new GatewayError('bad_request', 'template_name must consist of letters, digits, spaces and underscores')
}

function languageOf(given: string | undefined): string {
  const code = given?.trim() || defaultLanguage
  if (/^[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8}){0,2}$/.test(code)) return code
  throw new GatewayError('bad_request', 'language_code must be a language such as en_US')
}
