import { type PauseScope } from '@wag/contracts'
import { accountCodes } from './codes/account.ts'
import { authCodes } from './codes/auth.ts'
import { callingCodes } from './codes/calling.ts'
import { definitionCodes } from './codes/definition.ts'
import {
  type ErrorClass,
  type ErrorGroup,
  type ErrorRow,
  type ErrorScope,
  hourMs,
  minuteMs,
  type Slowdown
} from './codes/group.ts'
import { groupCodes } from './codes/groups.ts'
import { inboundCodes } from './codes/inbound.ts'
import { managementCodes } from './codes/management.ts'
import { platformCodes } from './codes/platform.ts'
import { recipientCodes } from './codes/recipient.ts'
import { requestCodes } from './codes/request.ts'
import { templateCodes } from './codes/template.ts'

export type { ErrorClass, ErrorScope } from './codes/group.ts'

/**
 * What a sender does: `fail` the message, `wait` and send it again (Meta certainly created nothing), or `settle`:
 * nobody knows whether the message exists, so it is never sent again but left to the status webhook.
 */
export type ErrorAction = 'fail' | 'wait' | 'settle'

/** What must stop, because every further send in it would be refused or do harm; and when it is tried again by itself. */
export type ErrorPause = { scope: PauseScope; resumesAfterMs?: number }

export type Classification = {
  class: ErrorClass
  scope: ErrorScope
  action: ErrorAction
  /** Also raises the alert: an event, a metric and a line in the log. */
  pause?: ErrorPause
  /** With `wait`: how long, where it is not the scope's usual time. */
  retryAfterMs?: number
  slows?: Slowdown
}

/** A code or a range of codes with all that is known of it; docs/meta-errors.md shows these. */
export type KnownError = Classification & Pick<ErrorRow, 'code' | 'title' | 'advice'>

/** A code in our words: what it is, and what to do. */
export type Explanation = { title: string; advice: string }

// Codes by Meta's error page (2026-09). The HTTP status is no part of it: Meta prints 400, 429 or nothing for the same
// code, depending on the year.
const groups: readonly ErrorGroup[] = [
  ...authCodes,
  ...accountCodes,
  ...platformCodes,
  ...recipientCodes,
  ...requestCodes,
  ...templateCodes,
  ...groupCodes,
  ...inboundCodes,
  ...callingCodes,
  ...managementCodes,
  ...definitionCodes
]

/**
 * Nobody tells us that a payment or a registration was put right, so one message tries it now and then; templates are
 * paused by Meta for 3 hours at first. A token or a policy is never tried again by itself.
 */
const healsAfterMs: Partial<Record<ErrorClass, number>> = {
  account_config: 15 * minuteMs,
  template_state: 3 * hourMs
}
const pausing = new Set<ErrorClass>(['auth_fatal', 'integrity_pause', 'account_config', 'template_state'])

/** The one table of Meta's errors. */
export const knownErrors: readonly KnownError[] = groups.flatMap((group) => group.rows.map((row) => known(group, row)))

/** Codes that say what one feature lacks, payments say: each message with it fails, and all others go on. */
export const featureCodes: readonly number[] = knownErrors.flatMap(({ class: name, pause, code }) =>
  name === 'account_config' && !pause && typeof code === 'number' ? [code] : []
)

/** Codes that a medium is refused with which Meta has no longer, or cannot use; most have other causes too. */
const mediaCodes = new Set([100, 131009, 131052, 131053])

/** Whether a medium of the message may be the cause. */
export function mayBeOfMedia(code: number | undefined): boolean {
  return code !== undefined && mediaCodes.has(code)
}

const single = new Map(knownErrors.flatMap((row) => (typeof row.code === 'number' ? [[row.code, row]] : [])))
const ranges = knownErrors.filter(({ code }) => typeof code !== 'number')

const unknown: KnownError = {
  code: -1,
  class: 'request_permanent',
  scope: 'message',
  action: 'fail',
  title: 'An error we do not know yet',
  advice: "Meta refused the message with a code that is new to this gateway. Read Meta's text; it is not sent again."
}

/** What an error code of Meta's asks of a sender. A code we do not know is permanent for its message, and only for it. */
export function classify(code: number | undefined): Classification {
  return find(code) ?? unknown
}

/** Title and advice for people, made when somebody looks; undefined where there is no code, and the words are ours. */
export function explain(code: number | undefined): Explanation | undefined {
  if (code === undefined) return undefined
  const { title, advice } = find(code) ?? unknown
  return { title, advice }
}

/** Whether the table knows this code. */
export function isKnown(code: number | undefined): boolean {
  return find(code) !== undefined
}

function find(code: number | undefined): KnownError | undefined {
  if (code === undefined) return undefined
  return single.get(code) ?? ranges.find((row) => typeof row.code !== 'number' && isWithin(code, row.code))
}

function isWithin(code: number, [from, to]: readonly [from: number, to: number]): boolean {
  return code >= from && code <= to
}

function known(group: ErrorGroup, { resumesAfterMs, ...row }: ErrorRow): KnownError {
  const pause = pauseOf(group, resumesAfterMs)
  const action = row.retryAfterMs === undefined ? actionOf(group.class) : 'wait'
  return { class: group.class, scope: group.scope, action, ...row, ...(pause && { pause }) }
}

function actionOf(name: ErrorClass): ErrorAction {
  if (name === 'throttle') return 'wait'
  return name === 'transient' ? 'settle' : 'fail'
}

function pauseOf({ class: name, scope }: ErrorGroup, ownMs: number | undefined): ErrorPause | undefined {
  if (!pausing.has(name) || scope === 'message' || scope === 'pair') return undefined
  const resumesAfterMs = ownMs ?? healsAfterMs[name]
  return { scope, ...(resumesAfterMs !== undefined && { resumesAfterMs }) }
}
