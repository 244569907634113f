import { type MetaError } from '@wag/contracts'
import { classify, type ErrorClass, type ErrorScope, isKnown } from './errors.ts'
import { type Answer, type Exchange } from './exchange.ts'
import { readJson } from './json.ts'
import { readMetaError } from './meta-error.ts'
import { firstWaits } from './retry.ts'
import { isRecord, tidyId } from './tidy.ts'

/** What became of one send. */
export type SendOutcome =
  /** Meta took it. `waId` is the number it made of ours, which may differ. */
  | { kind: 'sent'; wamid: string; waId?: string }
  /** Meta refused it, and would again. */
  | { kind: 'failed'; error: MetaError; class: ErrorClass }
  /** Meta refused it for now and created nothing: send again, after a pause for all of `scope`. */
  | { kind: 'throttled'; error: MetaError; scope: ErrorScope; retryAfterMs: number }
  /** Certainly no byte of it left us: send again. */
  | { kind: 'unsent'; error: MetaError }
  /** It may have reached Meta and the answer is lost: never send again, wait for its status webhook. */
  | { kind: 'unknown'; error: MetaError }

/** Reads the outcome from how the exchange ended. Pure. */
export function readOutcome(exchange: Exchange): SendOutcome {
  if (exchange.kind === 'answered') return readAnswer(exchange.answer)
  if (exchange.kind === 'unsent') {
    return { kind: 'unsent', error: { message: `The request did not reach Meta (${exchange.reason})` } }
  }
  return { kind: 'unknown', error: { message: `Meta's answer was lost (${exchange.reason})` } }
}

function readAnswer(answer: Answer): SendOutcome {
  const json = readJson(answer.body)
  const isOk = answer.status >= 200 && answer.status < 300
  const wamid = isOk ? idOf(json, 'messages', 'id') : undefined
  if (wamid !== undefined) {
    const waId = idOf(json, 'contacts', 'wa_id')
    return waId === undefined ? { kind: 'sent', wamid } : { kind: 'sent', wamid, waId }
  }
  const error = isRecord(json) ? readMetaError(json.error) : undefined
  if (error?.code === undefined) return readStatus(answer, error)
  return readCode(answer, error, isRecord(json) && isRecord(json.error) && json.error.is_transient === true)
}

// Meta's code decides, not the HTTP status: 130429 came with 400 and with 429, a missing permission with 500.
function readCode(answer: Answer, error: MetaError, isTransient: boolean): SendOutcome {
  const { class: name, scope, action } = classify(error.code)
  if (action === 'wait') return throttled(error, scope, answer)
  // A code we do not know refuses the message, unless Meta itself speaks of a fault: then it may have been created.
  const isFault = !isKnown(error.code) && (answer.status >= 500 || isTransient)
  if (action === 'settle' || isFault) return { kind: 'unknown', error }
  return { kind: 'failed', error, class: name }
}

/** An answer without a code of Meta's: from what stands in front of it, or broken on the way. */
function readStatus(answer: Answer, given: MetaError | undefined): SendOutcome {
  const { status } = answer
  const error = given ?? { message: `Meta answered HTTP ${status} with neither a message id nor an error code` }
  if (status === 429) return throttled(error, 'number', answer)
  if (status === 408 || status >= 500 || status < 300) return { kind: 'unknown', error }
  return { kind: 'failed', error, class: 'request_permanent' }
}

function throttled(error: MetaError, scope: ErrorScope, { retryAfterSeconds }: Answer): SendOutcome {
  const askedMs = Math.min(retryAfterSeconds ?? 0, 3600) * 1000
  const retryAfterMs = Math.max(firstWaits[scope], askedMs)
  return { kind: 'throttled', error, scope, retryAfterMs }
}

function idOf(json: unknown, list: string, name: string): string | undefined {
  const elements = isRecord(json) ? json[list] : undefined
  const first: unknown = Array.isArray(elements) ? elements[0] : undefined
  return isRecord(first) ? tidyId(first[name]) : undefined
}
