import { type MetaError } from '@wag/contracts'
import { classify, type ErrorClass, type ErrorPause, type ErrorScope, isKnown } from './errors.ts'
import { type Answer, type Exchange } from './exchange.ts'
import { readJson } from './json.ts'
import { readMetaError } from './meta-error.ts'
import { firstWaits } from './retry.ts'
import { isRecord, tidyId } from './tidy.ts'
import { readRegainMs } from './usage.ts'

/** What became of one send. */
export type SendOutcome =
  /** Meta took it. `waId` is the number it made of ours, which may differ. */
  | { kind: 'sent'; wamid: string; waId?: string }
  /** Meta refused it, and would again; with `pause` it would refuse all that follows, too. */
  | { kind: 'failed'; error: MetaError; class: ErrorClass; pause?: ErrorPause }
  /** Meta refused it for now and created nothing: send again, after a pause for all of `scope`. */
  | { kind: 'throttled'; error: MetaError; scope: ErrorScope; retryAfterMs: number }
  /** Certainly no byte of it left us: send again. */
  | { kind: 'unsent'; error: MetaError }
  /** It may have reached Meta and the answer is lost: never send again, wait for its status webhook. */
  | { kind: 'unknown'; error: MetaError }

/** The longest a wait that somebody asks for is heeded, in milliseconds: usage windows of Meta's end by the hour. */
const askedMsMax = 3_600_000

/** Reads the outcome from how the exchange ended. Pure. */
export function readOutcome(exchange: Exchange): SendOutcome {
  if (exchange.kind === 'answered') return readAnswer(exchange.answer)
  if (exchange.kind === 'unsent') {
    return { kind: 'unsent', error: { message: `The request did not reach Meta (${exchange.reason})` } }
  }
  return { kind: 'unknown', error: { message: `Meta's answer was lost (${exchange.reason})` } }
}

/** Meta took a message and tells by a status that it failed: what the same code would have been as an answer. Pure. */
export function outcomeOf(error: MetaError): SendOutcome {
  return readCode(error)
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
  const isTransient = isRecord(json) && isRecord(json.error) && json.error.is_transient === true
  return readCode(error, answer, answer.status >= 500 || isTransient)
}

// Meta's code decides, not the HTTP status: 130429 came with 400 and with 429, a missing permission with 500.
function readCode(error: MetaError, answer?: Answer, isFault = false): SendOutcome {
  const { class: name, scope, action, pause, retryAfterMs } = classify(error.code)
  if (action === 'wait') return throttled(error, scope, answer, retryAfterMs)
  // A code we do not know refuses the message, unless Meta itself speaks of a fault: then it may have been created.
  if (action === 'settle' || (isFault && !isKnown(error.code))) return { kind: 'unknown', error }
  return { kind: 'failed', error, class: name, ...(pause && { pause }) }
}

/**
 * An answer without a code of Meta's: from what stands between, or broken on the way. Meta explains each of its refusals
 * by a code, so a bare 401, 403 or 404 says nothing about our token or number and pauses neither; it is taken for what it
 * says of this one request. A redirect is never followed: it would hand the body and the token to somebody else.
 */
function readStatus(answer: Answer, given: MetaError | undefined): SendOutcome {
  const { status } = answer
  const error = given ?? { message: `HTTP ${status} with neither a message id nor an error code: ${meaningOf(status)}` }
  if (status === 429) return throttled(error, 'number', answer)
  // A proxy that wants to know who we are has passed nothing on.
  if (status === 407) return { kind: 'unsent', error }
  if (status === 408 || status >= 500 || status < 300) return { kind: 'unknown', error }
  if (given && (status === 401 || status === 403)) {
    return { kind: 'failed', error, class: 'auth_fatal', pause: { scope: 'token' } }
  }
  return { kind: 'failed', error, class: 'request_permanent' }
}

function meaningOf(status: number): string {
  if (status < 300 || status >= 500 || status === 408) return 'whether Meta took the message is not known'
  if (status < 400) return 'redirects are not followed; check GRAPH_URL and any proxy'
  if (status === 413) return 'the message is too large for something on the way to Meta'
  if (status === 429) return 'something on the way to Meta asks to slow down'
  return 'something on the way to Meta refused the message; check GRAPH_URL and any proxy'
}

function throttled(
  error: MetaError,
  scope: ErrorScope,
  answer: Answer | undefined,
  ownMs = firstWaits[scope]
): SendOutcome {
  const isOfAccount = scope === 'app' || scope === 'token' || scope === 'waba'
  const regainMs = isOfAccount ? readRegainMs(answer?.usage) : 0
  const askedMs = Math.min(askedMsMax, Math.max(regainMs, (answer?.retryAfterSeconds ?? 0) * 1000))
  return { kind: 'throttled', error, scope, retryAfterMs: Math.max(ownMs, askedMs) }
}

function idOf(json: unknown, list: string, name: string): string | undefined {
  const elements = isRecord(json) ? json[list] : undefined
  const first: unknown = Array.isArray(elements) ? elements[0] : undefined
  return isRecord(first) ? tidyId(first[name]) : undefined
}
