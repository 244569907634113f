import { giveWay, type Pace } from '@wag/bus'
import { type Brake } from '@wag/contracts'
import { type ClaimedMessage, type Db, numbersIn, pauseKeyOf } from '@wag/db'
import { brakeOf, type SendOutcome } from '@wag/graph'
import { type FastifyBaseLogger } from 'fastify'
import { type Metrics } from './metrics.ts'
import { type ReadyNumber } from './numbers.ts'

/** Lets the pace give way to what Meta answered. Returns how long this number must wait, in milliseconds. */
export type Throttle = (number: ReadyNumber, claimed: ClaimedMessage, answer: SendOutcome) => number

export function createThrottle(context: { db: Db; pace: Pace; metrics: Metrics; log: FastifyBaseLogger }): Throttle {
  const { db, pace, metrics, log } = context

  async function slowDown(number: ReadyNumber, { contactId }: ClaimedMessage, brake: Brake): Promise<void> {
    const isWide = brake.scope !== 'number' && brake.scope !== 'pair'
    const key = isWide ? pauseKeyOf(brake.scope, number) : undefined
    const sharing = key ? await numbersIn(db, key) : []
    await giveWay(pace, { phoneNumberId: number.id, contactId, sharing }, brake)
  }

  return (number, claimed, answer) => {
    const brake = brakeOf(answer, claimed.attempts)
    const scope = brake?.scope ?? (answer.kind === 'throttled' ? answer.scope : undefined)
    if (scope) metrics.throttles.inc({ scope })
    if (!brake) return 0
    slowDown(number, claimed, brake).catch((error: unknown) => log.warn({ err: error }, 'cannot hold numbers'))
    return brake.scope === 'pair' ? 0 : brake.holdMs
  }
}
