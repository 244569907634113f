import { type ApiMessage, GatewayError, stateRank } from '@wag/contracts'
import { findRecord, type IdempotencyKey, type NewMessage } from '@wag/db'
import { principalOf } from '@wag/service'
import { type FastifyReply, type FastifyRequest } from 'fastify'
import { firstView, messageView, newMessageView } from './api-message.ts'
import { type Committed, commitRequest, markReplayed, replayRefused } from './committing.ts'
import { idempotencyOf } from './idempotency.ts'
import { applyWait } from './prefer.ts'
import { type OneAnswer, outcomeOfFirst, type SendingContext } from './submit.ts'

export type OneContext = SendingContext & { lifetimeS: number }

/** Makes the message that a request asks for, or throws why it cannot be. */
export type Compose = (tenantId: string) => Promise<NewMessage>

/**
 * Answers a request that sends one message: 202 once it is committed, with its address; with `Prefer: wait`, 200 as soon
 * as Meta has answered, or 202 and the message as it stands where that cannot be waited for any longer. A repeated request
 * gets the first answer.
 */
export async function sendOne(
  context: OneContext,
  request: FastifyRequest,
  reply: FastifyReply,
  compose: Compose
): Promise<ApiMessage> {
  const { tenantId } = principalOf(request)
  const idempotency = idempotencyOf(request)
  const waitMs = (applyWait(request, reply) ?? 0) * 1000
  const message = await compose(tenantId).catch((refusal: unknown) => ({ refusal }))
  if ('refusal' in message) {
    const { id } = await replayRefused<OneAnswer>(context, tenantId, idempotency, message.refusal)
    return answerFirst(context, reply, tenantId, id, waitMs)
  }
  const watch = waitMs > 0 ? context.outcomes.watch(tenantId, message.id, 'ended') : undefined
  try {
    const committed = await commitOne(context, request, message, idempotency)
    if (committed.kind === 'replayed') return await answerFirst(context, reply, tenantId, committed.answer.id, waitMs)
    const accepted = newMessageView(message, committed.at, context.lifetimeS)
    void reply.code(202).header('location', addressOf(message.id))
    const isWorthWaiting = accepted.status === 'queued'
    if (!watch || !isWorthWaiting) return accepted
    await watch.outcome(waitMs)
    return await answerNow(context, reply, tenantId, message.id)
  } finally {
    watch?.stop()
  }
}

function commitOne(
  context: OneContext,
  request: FastifyRequest,
  message: NewMessage,
  idempotency: IdempotencyKey | undefined
): Promise<Committed<OneAnswer>> {
  const answer: OneAnswer = { id: message.id }
  return commitRequest(context, request, { tenantId: message.tenantId, messages: [message], idempotency, answer })
}

/** The answer that a message got when it was accepted, or how it stands now where the caller waits for that. */
async function answerFirst(
  context: OneContext,
  reply: FastifyReply,
  tenantId: string,
  id: string,
  waitMs: number
): Promise<ApiMessage> {
  markReplayed(reply)
  void reply.code(202).header('location', addressOf(id))
  if (waitMs === 0) return firstView(await recordOf(context, tenantId, id))
  await outcomeOfFirst(context.outcomes, tenantId, id, waitMs, 'ended')
  return answerNow(context, reply, tenantId, id)
}

/** A message as it stands: 200 once it is decided, 202 while something may still come, as it may of an `unknown` one. */
async function answerNow(context: OneContext, reply: FastifyReply, tenantId: string, id: string): Promise<ApiMessage> {
  const record = await recordOf(context, tenantId, id)
  if (stateRank(record.state) > stateRank('unknown')) void reply.code(200)
  return messageView(record)
}

async function recordOf({ db }: OneContext, tenantId: string, id: string) {
  const record = await findRecord(db, tenantId, id)
  if (record) return record
  throw new GatewayError('message_not_found', 'The message that this key stands for is no longer kept')
}

function addressOf(id: string): string {
  return `/v1/messages/${id}`
}
