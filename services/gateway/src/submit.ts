import { createId, GatewayError, type OutboundContent } from '@wag/contracts'
import { type Message, type Principal } from '@wag/db'
import { principalOf } from '@wag/service'
import { type FastifyReply, type FastifyRequest } from 'fastify'
import { type CommitContext, commitRequest, markReplayed } from './committing.ts'
import { idempotencyOf } from './idempotency.ts'
import { type Outcomes, type Patience } from './outcomes.ts'

export type SendingContext = CommitContext & { outcomes: Outcomes; waitMs: number }

/** What is kept with the key of a request for one message. */
export type OneAnswer = { id: string }

/** Accepts a message of an original route and waits for Meta's answer; what comes back may still be on its way. */
export async function submitAndWait(
  context: SendingContext,
  request: FastifyRequest,
  reply: FastifyReply,
  recipient: string,
  content: OutboundContent
): Promise<Message> {
  const message = await submit(context, request, reply, principalOf(request), { recipient, content })
  if (!message) throw new GatewayError('internal', 'Internal server error')
  if (message.state === 'failed')
    throw new GatewayError('meta_refused', message.error?.message ?? 'Meta refused the message')
  return message
}

async function submit(
  context: SendingContext,
  request: FastifyRequest,
  reply: FastifyReply,
  { tenantId, phoneNumberId }: Principal,
  { recipient, content }: { recipient: string; content: OutboundContent }
): Promise<Message | undefined> {
  if (!phoneNumberId) throw new GatewayError('bad_request', 'No phone number is set up to send from')
  const { outcomes, waitMs } = context
  const id = createId()
  const message = { id, tenantId, phoneNumberId, recipient: { kind: 'phone' as const, id: recipient }, content }
  const idempotency = idempotencyOf(request)
  // Watched before it is accepted: its outcome may be told before the commit has answered here.
  const watch = outcomes.watch(tenantId, id, 'decided')
  try {
    const wanted = { tenantId, messages: [message], idempotency, answer: { id } satisfies OneAnswer }
    const committed = await commitRequest(context, request, wanted)
    if (committed.kind === 'accepted') return await watch.outcome(waitMs)
    markReplayed(reply)
    return await outcomeOfFirst(outcomes, tenantId, committed.answer.id, waitMs, 'decided')
  } finally {
    watch.stop()
  }
}

/** The outcome of a message that was accepted before; it may be decided long since. */
export async function outcomeOfFirst(
  outcomes: Outcomes,
  tenantId: string,
  id: string,
  waitMs: number,
  patience: Patience
): Promise<Message | undefined> {
  const watch = outcomes.watch(tenantId, id, patience)
  outcomes.ended([id])
  return watch.outcome(waitMs)
}
