import { type MetaError } from '@wag/contracts'
import { type ClaimedMessage, type Outcome } from '@wag/db'
import { type Graph, isKnown, retryDelayMs, type SendOutcome } from '@wag/graph'
import { type FastifyBaseLogger } from 'fastify'
import { type Metrics } from './metrics.ts'
import { type ReadyNumber } from './numbers.ts'
import { type Outage } from './outage.ts'
import { type Recorder } from './record.ts'
import { type Refusals } from './refusals.ts'
import { isSpelling } from './spelling.ts'
import { type Throttle } from './throttle.ts'

export type PostContext = {
  graph: Graph
  recorder: Recorder
  throttle: Throttle
  outage: Outage
  refusals: Refusals
  metrics: Metrics
  log: FastifyBaseLogger
}

/**
 * The one POST that a claim permits, and the record of what came of it. `hold` is told how long the number must wait now,
 * in milliseconds, where Meta's answer says so.
 */
export async function post(
  context: PostContext,
  number: ReadyNumber,
  claimed: ClaimedMessage,
  hold: (ms: number) => void
): Promise<void> {
  const { graph, recorder, throttle, outage, refusals, metrics, log } = context
  const { messageId } = claimed
  const stopTimer = metrics.graphSeconds.startTimer()
  const answer = await graph.send({
    phoneNumberId: claimed.phoneNumberId,
    accessToken: number.accessToken,
    recipient: { kind: claimed.recipientKind, id: claimed.recipient },
    content: claimed.content,
    callbackData: messageId
  })
  stopTimer()
  metrics.outcomes.inc({ outcome: answer.kind, code: answer.kind === 'sent' ? '' : labelOf(answer.error) })
  if (answer.kind !== 'sent') {
    log.info({ messageId, outcome: answer.kind, code: answer.error.code }, 'Meta did not take a message')
  }
  hold(Math.max(throttle(number, claimed, answer), outage(answer)))
  await Promise.all([
    refusals.met(number, claimed.content, answer).then(hold),
    recorder.add(outcomeOf(claimed, answer))
  ])
}

/** The codes that the table knows are few; whatever else stands in an answer must not make labels without an end. */
function labelOf({ code }: MetaError): string | number {
  if (code === undefined) return ''
  return isKnown(code) ? code : 'other'
}

function outcomeOf(
  { messageId, claim, attempts, recipient, recipientKind }: ClaimedMessage,
  answer: SendOutcome
): Outcome {
  const claimant = { messageId, claim }
  if (answer.kind === 'sent') {
    const { wamid, waId } = answer
    const isRespelled = waId !== undefined && recipientKind === 'phone' && isSpelling(waId, recipient)
    return { ...claimant, kind: 'sent', wamid, ...(isRespelled && { waId }) }
  }
  const { kind, error } = answer
  if (kind === 'failed' || kind === 'unknown') return { ...claimant, kind, error }
  return { ...claimant, kind: 'again', reason: kind, error, delayMs: retryDelayMs(answer, attempts - 1, Math.random()) }
}
