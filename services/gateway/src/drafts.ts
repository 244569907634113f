import {
  type CheckedMessage,
  checkMessage,
  contentOf,
  createId,
  GatewayError,
  type OutboundContent,
  type Problem,
  type Recipient,
  recipientOf
} from '@wag/contracts'
import { type NewMessage } from '@wag/db'
import { type Numbers } from './numbers.ts'
import { type PhoneParser } from './phone.ts'

export type Drafts = ReturnType<typeof createDrafts>

/** A message whose media are to be given to Meta before it is accepted; `until` is when they must still be there. */
export type MediaRequest = { tenantId: string; phoneNumberId: string; content: OutboundContent; until?: Date }

export type DraftsContext = {
  numbers: Numbers
  parsePhone: PhoneParser
  /** Returns the content with Meta's ids in place of links. Throws a `GatewayError` with pointers. */
  prepareMedia: (message: MediaRequest) => Promise<OutboundContent>
}

/** Makes messages of what callers ask for. */
export function createDrafts(context: DraftsContext) {
  return {
    /** Throws `invalid_message` with a pointer to each place that is wrong, `number_not_found`, and what media may throw. */
    async draft(tenantId: string, body: unknown): Promise<NewMessage> {
      const checked = checkMessage(body)
      if (!checked.ok) throw invalidMessage(checked.problems)
      const given = checked.value
      const recipient = reachable(recipientOf(given), context.parsePhone)
      const [sendAt, expiresAt] = [timeOf(given.send_at), timeOf(given.expires_at)]
      const phoneNumberId = await context.numbers.find(tenantId, given.from)
      const content = await contentFor(context, { tenantId, phoneNumberId, sendAt }, given)
      const { priority, on_unknown: onUnknown, metadata } = given
      return {
        id: createId(),
        tenantId,
        phoneNumberId,
        recipient,
        content,
        priority,
        sendAt,
        expiresAt,
        onUnknown,
        metadata
      }
    }
  }
}

const phoneRule = 'must be a phone number with its country code, such as +16505551234'

/** Phone numbers come in any spelling; groups, and people by their user id, are taken as they are called. */
function reachable(recipient: Recipient, parsePhone: PhoneParser): Recipient {
  if (recipient.kind !== 'phone') return recipient
  const digits = parsePhone(recipient.id)
  if (digits === undefined) throw invalidMessage([{ pointer: '/to', detail: phoneRule }])
  return { kind: 'phone', id: digits }
}

function timeOf(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text)
}

async function contentFor(
  { prepareMedia }: DraftsContext,
  { sendAt, ...number }: { tenantId: string; phoneNumberId: string; sendAt?: Date | undefined },
  body: CheckedMessage
): Promise<OutboundContent> {
  const content = contentOf(body)
  if (body.media !== 'upload') return content
  return prepareMedia({ ...number, content, ...(sendAt && { until: sendAt }) })
}

function invalidMessage(problems: Problem[]): GatewayError {
  const [first] = problems
  const where = first?.pointer ? `${first.pointer} ` : 'it '
  return new GatewayError('invalid_message', `This message cannot be sent: ${where}${first?.detail ?? ''}`, {
    problems
  })
}
