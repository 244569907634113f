import { type Queues } from '@wag/bus'
import { createId } from '@wag/contracts'
import { type ClaimedMessage, type Outcome, type PhoneNumber } from '@wag/db'
import { type Graph, retryDelayMs, type SendOutcome } from '@wag/graph'
import { type FastifyBaseLogger } from 'fastify'
import { type Claims } from './claim.ts'
import { type Metrics } from './metrics.ts'
import { type Recorder } from './record.ts'
import { type Tokens } from './tokens.ts'

export type SendContext = {
  claims: Claims
  tokens: Tokens
  graph: Graph
  recorder: Recorder
  queues: Queues
  metrics: Metrics
  log: FastifyBaseLogger
}

const claimLost = { message: 'The database did not answer; nothing was sent' }

/**
 * Sends one message, if it is there to be sent: claim, one POST, record. May be called any number of times for the same
 * message, from anywhere: only the claimant makes a POST.
 */
export async function send(context: SendContext, number: PhoneNumber, messageId: string): Promise<void> {
  // Before the claim: a ledger that is away here must leave the message queued.
  const accessToken = await context.tokens.of(number)
  const claim = createId()
  const claimed = await context.claims.add({ messageId, claim }).catch(async (error: unknown) => {
    // The claim may stand although its answer was lost; nothing was posted under it, so it can be given back.
    await context.recorder.add({ messageId, claim, kind: 'again', error: claimLost, delayMs: 0 })
    throw error
  })
  if (!claimed) return
  const answer = await post(context, claimed, accessToken)
  context.metrics.outcomes.inc({ outcome: answer.kind, code: answer.kind === 'sent' ? '' : (answer.error.code ?? '') })
  if (answer.kind !== 'sent') {
    context.log.info({ messageId, outcome: answer.kind, code: answer.error.code }, 'Meta did not take a message')
  }
  const outcome = outcomeOf(claimed, answer)
  await context.recorder.add(outcome)
  if (outcome.kind === 'again') await ringAgain(context, claimed, outcome.delayMs)
}

async function post(
  { graph, metrics }: SendContext,
  claimed: ClaimedMessage,
  accessToken: string | undefined
): Promise<SendOutcome> {
  if (accessToken === undefined) {
    return { kind: 'failed', class: 'auth_fatal', error: { message: 'This phone number has no access token' } }
  }
  const stopTimer = metrics.graphSeconds.startTimer()
  const answer = await graph.send({
    phoneNumberId: claimed.phoneNumberId,
    accessToken,
    recipient: { kind: 'phone', id: claimed.recipient },
    content: claimed.content,
    callbackData: claimed.messageId
  })
  stopTimer()
  return answer
}

function outcomeOf({ messageId, claim, attempts }: ClaimedMessage, answer: SendOutcome): Outcome {
  const claimant = { messageId, claim }
  if (answer.kind === 'sent') return { ...claimant, kind: 'sent', wamid: answer.wamid }
  if (answer.kind === 'failed' || answer.kind === 'unknown')
    return { ...claimant, kind: answer.kind, error: answer.error }
  const delayMs = retryDelayMs(answer, attempts - 1, Math.random())
  return { ...claimant, kind: 'again', error: answer.error, delayMs }
}

async function ringAgain(
  { queues, log }: SendContext,
  { messageId, phoneNumberId, attempts }: ClaimedMessage,
  delayMs: number
): Promise<void> {
  try {
    await queues.ringSend(phoneNumberId, [{ messageId, attempts, delayMs }])
  } catch (error) {
    // The sweeper finds it when it is due.
    log.debug({ err: error, messageId }, 'could not ring again')
  }
}
