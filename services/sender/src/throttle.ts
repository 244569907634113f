import { type Pace } from '@wag/bus'
import { type ClaimedMessage, type Db, hashToken, numbersIn } from '@wag/db'
import { retryDelayMs, type SendOutcome } from '@wag/graph'
import { type FastifyBaseLogger } from 'fastify'
import { type Metrics } from './metrics.ts'
import { type ReadyNumber } from './numbers.ts'

/** Lets the pace give way to what Meta answered. Returns how long this number must wait, in milliseconds. */
export type Throttle = (number: ReadyNumber, claimed: ClaimedMessage, answer: SendOutcome) => number

/** Meta is upgrading the number's throughput, which takes about a minute. */
const upgradingCode = 131057
const tooFast = { factor: 0.7, holdMs: 1_000 }
const upgrading = { factor: 0.5, holdMs: 5_000 }

export function createThrottle(context: { db: Db; pace: Pace; metrics: Metrics; log: FastifyBaseLogger }): Throttle {
  const { db, pace, metrics, log } = context
  const onError = (error: unknown): void => log.warn({ err: error }, 'cannot hold numbers')

  async function holdAll(number: ReadyNumber, scope: 'app' | 'token' | 'waba', holdMs: number): Promise<void> {
    const keys = { app: '', token: hashToken(number.accessToken).toString('hex'), waba: number.wabaId ?? '' }
    const sharing = await numbersIn(db, { tenantId: number.tenantId, scope, key: keys[scope] })
    await pace.hold([...new Set([number.id, ...sharing])], holdMs)
  }

  return (number, claimed, answer) => {
    if (answer.kind === 'sent') return 0
    if (answer.error.code === upgradingCode) {
      metrics.throttles.inc({ scope: 'number' })
      pace.slow(number.id, upgrading.factor, upgrading.holdMs).catch(onError)
      return upgrading.holdMs
    }
    if (answer.kind !== 'throttled') return 0
    const { scope, retryAfterMs } = answer
    metrics.throttles.inc({ scope })
    if (scope === 'pair') {
      const waitMs = retryDelayMs(answer, claimed.attempts - 1, 0)
      pace.refuse(number.id, claimed.contactId, waitMs).catch(onError)
      return 0
    }
    if (scope === 'number') {
      const holdMs = Math.max(tooFast.holdMs, retryAfterMs)
      pace.slow(number.id, tooFast.factor, holdMs).catch(onError)
      return holdMs
    }
    if (scope === 'message' || scope === 'template') return 0
    holdAll(number, scope, retryAfterMs).catch(onError)
    return retryAfterMs
  }
}
