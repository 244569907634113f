import { type Brake } from '@wag/contracts'
import { classify } from './errors.ts'
import { type SendOutcome } from './outcome.ts'
import { retryDelayMs } from './retry.ts'

const tooFast = { factor: 0.7, holdMs: 1_000 }

/** How the pace must give way to an outcome; undefined where it need not. `attempts` counts the tries with this one. */
export function brakeOf(outcome: SendOutcome, attempts: number): Brake | undefined {
  if (outcome.kind === 'sent') return undefined
  const { slows } = classify(outcome.error.code)
  if (slows) return { scope: 'number', ...slows }
  if (outcome.kind !== 'throttled') return undefined
  const { scope, retryAfterMs } = outcome
  if (scope === 'message' || scope === 'template') return undefined
  if (scope === 'pair') return { scope, holdMs: retryDelayMs(outcome, attempts - 1, 0) }
  if (scope === 'number') return { scope, ...tooFast, holdMs: Math.max(tooFast.holdMs, retryAfterMs) }
  return { scope, holdMs: retryAfterMs }
}
