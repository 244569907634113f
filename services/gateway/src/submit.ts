import { createId, GatewayError, type OutboundContent } from '@wag/contracts'
import { type Db, type Message, type Principal } from '@wag/db'
import { type Acceptor } from './accept.ts'
import { type Outcomes } from './outcomes.ts'

export type SendingContext = { db: Db; acceptor: Acceptor; outcomes: Outcomes; waitMs: number }

/** Accepts a message and waits for Meta's answer; what comes back may still be on its way. */
export async function submitAndWait(
  { acceptor, outcomes, waitMs }: SendingContext,
  principal: Principal,
  recipient: string,
  content: OutboundContent
): Promise<Message> {
  const { tenantId, phoneNumberId } = principal
  if (!phoneNumberId) throw new GatewayError('bad_request', 'No phone number is set up to send from')
  const id = createId()
  // Watched before it is accepted: its outcome may be told before the commit has answered here.
  const watch = outcomes.watch(tenantId, id)
  try {
    const message = { id, tenantId, phoneNumberId, recipient: { kind: 'phone' as const, id: recipient }, content }
    await acceptor.accept({ id, tenantId, messages: [message] }, 0)
  } catch (error) {
    watch.stop()
    throw error
  }
  const message = await watch.outcome(waitMs)
  if (!message) throw new GatewayError('internal', 'Internal server error')
  if (message.state === 'failed')
    throw new GatewayError('meta_refused', message.error?.message ?? 'Meta refused the message')
  return message
}
