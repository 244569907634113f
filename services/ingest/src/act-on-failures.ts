import { type BrakedSend } from '@wag/bus'
import { type Brake, type MetaError } from '@wag/contracts'
import {
  addPause,
  type Db,
  type FailedSend,
  findFailed,
  type NewEvent,
  type NewPause,
  numbersIn,
  pauseKeyOf
} from '@wag/db'
import { brakeOf, outcomeOf, type SendOutcome } from '@wag/graph'

/** A message that Meta had taken has failed. */
export type Failure = { messageId: string; error: MetaError }

/** What the pace must give way to. */
export type Braking = BrakedSend & { brake: Brake }

/** What failures came to: the events, what is paused now, and the brakes, each once. */
export type Reaction = { events: NewEvent[]; pauses: NewPause[]; brakings: Map<string, Braking> }

type Met = { send: FailedSend; outcome: SendOutcome }

/** Does what the same codes do as answers of Meta's: pauses what must stop, and says how the pace must give way. */
export async function actOnFailures(trx: Db, tenantId: string, failures: Failure[]): Promise<Reaction> {
  const outcomes = failures.map(({ messageId, error }) => ({ messageId, outcome: outcomeOf(error) }))
  const wanted = outcomes.filter(({ outcome }) => pauses(outcome) || brakeOf(outcome, 1))
  const sends =
    wanted.length > 0
      ? await findFailed(
          trx,
          tenantId,
          wanted.map(({ messageId }) => messageId)
        )
      : undefined
  const met = wanted.flatMap(({ messageId, outcome }) => {
    const send = sends?.get(messageId)
    return send ? [{ send, outcome }] : []
  })
  return { ...(await pauseAll(trx, met)), brakings: await brakingsOf(trx, met) }
}

function pauses(outcome: SendOutcome): boolean {
  return outcome.kind === 'failed' && outcome.pause !== undefined
}

async function pauseAll(trx: Db, met: Met[]): Promise<Pick<Reaction, 'events' | 'pauses'>> {
  const wanted = new Map<string, NewPause>()
  for (const { send, outcome } of met) {
    if (outcome.kind !== 'failed' || !outcome.pause) continue
    const { scope, resumesAfterMs } = outcome.pause
    const key = pauseKeyOf(scope, send.number, send.template)
    const how = { reason: outcome.class, error: outcome.error, ...(resumesAfterMs !== undefined && { resumesAfterMs }) }
    if (key) wanted.set(`${key.scope} ${key.key}`, { ...key, ...how })
  }
  const reaction: Pick<Reaction, 'events' | 'pauses'> = { events: [], pauses: [] }
  // In one order, so that two batches with the same pauses wait for each other instead of deadlocking.
  for (const [, pause] of [...wanted].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const events = await addPause(trx, pause)
    reaction.events.push(...events)
    if (events.length > 0) reaction.pauses.push(pause)
  }
  return reaction
}

async function brakingsOf(trx: Db, met: Met[]): Promise<Map<string, Braking>> {
  const brakings = new Map<string, Braking>()
  for (const { send, outcome } of met) {
    const { number, contactId, attempts } = send
    const brake = brakeOf(outcome, attempts)
    if (!brake) continue
    const { scope } = brake
    const key = scope === 'pair' || scope === 'number' ? undefined : pauseKeyOf(scope, number)
    const name = [scope, key ? `${key.tenantId} ${key.key}` : number.id, ...(scope === 'pair' ? [contactId] : [])].join(
      ' '
    )
    if (brakings.has(name)) continue
    const sharing = key ? await numbersIn(trx, key) : []
    brakings.set(name, { phoneNumberId: number.id, contactId, sharing, brake })
  }
  return brakings
}
