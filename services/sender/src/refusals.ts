import { type Pace, type Publisher } from '@wag/bus'
import { type MetaError } from '@wag/contracts'
import {
  type Db,
  listPauses,
  numbersIn,
  type PauseKey,
  pause,
  pauseKeyOf,
  type RefusedNumber,
  resumeHealed,
  withRetry
} from '@wag/db'
import { type ErrorClass, type ErrorPause, isKnown, type SendOutcome } from '@wag/graph'
import { type FastifyBaseLogger } from 'fastify'
import { type Metrics } from './metrics.ts'
import { notify } from './notify.ts'

export type Refusals = {
  /**
   * Pauses what Meta says must stop, and tells of it. Returns for how long nothing more should be posted from this number,
   * in milliseconds: after that the ledger gives out nothing for it. Never throws.
   */
  met(number: RefusedNumber, content: object, outcome: SendOutcome): Promise<number>
  /** Ends the pauses whose time has come. */
  sweep(): Promise<void>
  /** Counts the pauses there are. */
  count(): Promise<void>
}

export type RefusalsContext = {
  db: Db
  publisher: Publisher
  pace: Pick<Pace, 'slow'>
  metrics: Pick<Metrics, 'pauses' | 'unknownCodes'>
  log: FastifyBaseLogger
}

/** What is in hand is put back for this long, in milliseconds; by then the ledger knows of the pause. */
const holdMs = 2_000
/** All that is under way meets the same error: the ledger is told of it once in this time, in milliseconds. */
const tellOnceMs = 250
/** So many answers in a row that are not Meta's stop a number for a minute: the way to Meta is broken, not the messages. */
const strangersMax = 5
const strangersPause: ErrorPause = { scope: 'number', resumesAfterMs: 60_000 }
/** What goes on by itself begins at this share of its rate: if the cause is still there, few messages find out. */
const firstShare = 0.1
/** Unknown codes that get a label of their own. */
const labelsMax = 100

type Cause = { class: ErrorClass; error: MetaError; resumesAfterMs?: number }

export function createRefusals({ db, publisher, pace, metrics, log }: RefusalsContext): Refusals {
  /** When the ledger was last told of a pause. */
  const told = new Map<string, number>()
  /** Answers in a row without a code of Meta's, by number. */
  const strangers = new Map<string, number>()
  const newCodes = new Set<number>()

  async function stop(what: PauseKey, { class: reason, error, resumesAfterMs }: Cause): Promise<void> {
    if (isTold(`${what.tenantId} ${what.scope} ${what.key}`)) return
    const { scope } = what
    const how = { reason, error, ...(resumesAfterMs && { resumesAfterMs }) }
    try {
      const ends = await withRetry(() => pause(db, { ...what, ...how }))
      if (ends.length === 0) return
      log.warn({ scope, reason, code: error.code, resumesAfterMs }, 'sending is paused')
      notify({ publisher, log }, { ends, settledIds: [] })
    } catch (err) {
      // The next message that meets it tries again.
      log.warn({ err, scope, reason }, 'a pause could not be written')
    }
  }

  function isTold(name: string): boolean {
    const now = performance.now()
    if (now - (told.get(name) ?? Number.NEGATIVE_INFINITY) < tellOnceMs) return true
    if (told.size >= 10_000) told.clear()
    told.set(name, now)
    return false
  }

  /** Whether there were too many answers in a row that are not Meta's. */
  function isWayBroken(id: string, outcome: SendOutcome): boolean {
    if (outcome.kind === 'sent' || outcome.error.code !== undefined) strangers.delete(id)
    if (outcome.kind !== 'failed' || outcome.error.code !== undefined) return false
    const many = (strangers.get(id) ?? 0) + 1
    if (many < strangersMax) strangers.set(id, many)
    else strangers.delete(id)
    return many >= strangersMax
  }

  function countCode({ code }: MetaError): void {
    if (code === undefined || isKnown(code)) return
    if (!newCodes.has(code) && newCodes.size < labelsMax) {
      newCodes.add(code)
      log.warn({ code }, 'Meta answered with a code that is not in our table')
    }
    metrics.unknownCodes.inc({ code: newCodes.has(code) ? code : 'other' })
  }

  return {
    async met(number, content, outcome) {
      const isBroken = isWayBroken(number.id, outcome)
      if (outcome.kind === 'sent') return 0
      countCode(outcome.error)
      if (outcome.kind !== 'failed') return 0
      const stopping = outcome.pause ?? (isBroken ? strangersPause : undefined)
      const what = stopping && pauseKeyOf(stopping.scope, number, templateOf(content))
      if (!stopping || !what) return 0
      await stop(what, { ...outcome, ...stopping, ...(!outcome.pause && { class: 'account_config' }) })
      return what.scope === 'template' ? 0 : holdMs
    },
    async sweep() {
      const { ended, ends } = await resumeHealed(db)
      for (const { scope, reason } of ended) log.info({ scope, reason }, 'sending is resumed')
      notify({ publisher, log }, { ends, settledIds: [] })
      const numbers = new Set((await Promise.all(ended.map((pause) => numbersIn(db, pause)))).flat())
      await Promise.all([...numbers].map((id) => pace.slow(id, firstShare, 0)))
    },
    async count() {
      const pauses = await listPauses(db)
      metrics.pauses.reset()
      for (const { scope } of pauses) metrics.pauses.inc({ scope })
    }
  }
}

function templateOf(content: object): string | undefined {
  const template: unknown = Reflect.get(content, 'template')
  const name: unknown = template instanceof Object ? Reflect.get(template, 'name') : undefined
  return typeof name === 'string' ? name : undefined
}
