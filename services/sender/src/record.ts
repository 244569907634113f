import { setTimeout as sleep } from 'node:timers/promises'
import { type Publisher } from '@wag/bus'
import {
  type Batcher,
  createBatcher,
  type Db,
  forgetMediaUploads,
  isDataFault,
  linkSpellings,
  type Outcome,
  recordOutcomes,
  type UnknownWaits,
  withRetry
} from '@wag/db'
import { mayBeOfMedia } from '@wag/graph'
import { type FastifyBaseLogger } from 'fastify'
import { notify } from './notify.ts'

export type Recorder = Batcher<Outcome, undefined>

type RecorderContext = { db: Db; publisher: Publisher; log: FastifyBaseLogger; unknownWaits: UnknownWaits }

/** How long an outcome is tried to be written before it is given up; the message is then `unknown` by its claim. */
const recordForMs = 60_000
const retryDelayMaxMs = 2_000

/**
 * Records outcomes in batches. What Meta answered exists nowhere else, so while the ledger is away a batch is tried again
 * and again.
 */
export function createRecorder(context: RecorderContext): Recorder {
  return createBatcher((outcomes) => record(context, outcomes), {
    itemsMax: 300,
    inFlightMax: 2,
    isItemFault: isDataFault
  })
}

async function record(context: RecorderContext, outcomes: Outcome[]): Promise<undefined[]> {
  const { db, log, unknownWaits } = context
  const giveUpAt = Date.now() + recordForMs
  for (let delayMs = 50; ; delayMs = Math.min(delayMs * 2, retryDelayMaxMs)) {
    try {
      const recorded = await withRetry(() => recordOutcomes(db, outcomes, unknownWaits))
      notify(context, recorded)
      await Promise.all([link(context, outcomes), forgetMedia(context, outcomes)])
      return outcomes.map(() => undefined)
    } catch (error) {
      if (isDataFault(error) || Date.now() > giveUpAt) throw error
      log.warn({ err: error, outcomes: outcomes.length }, 'cannot record outcomes yet')
      await sleep(delayMs)
    }
  }
}

/** What is not linked now is with the next message to that number: it must not keep outcomes from being recorded. */
async function link(context: RecorderContext, outcomes: Outcome[]): Promise<void> {
  const respelled = outcomes.flatMap((outcome) =>
    outcome.kind === 'sent' && outcome.waId !== undefined ? [{ messageId: outcome.messageId, waId: outcome.waId }] : []
  )
  if (respelled.length === 0) return
  try {
    notify(context, { ends: await withRetry(() => linkSpellings(context.db, respelled)), settledIds: [] })
  } catch (error) {
    context.log.warn({ err: error }, 'two spellings of a number were not linked')
  }
}

/** What is not forgotten now is with the next message that carries it. */
async function forgetMedia({ db, log }: RecorderContext, outcomes: Outcome[]): Promise<void> {
  const refused = outcomes.flatMap((outcome) =>
    outcome.kind === 'failed' && mayBeOfMedia(outcome.error.code) ? [outcome.messageId] : []
  )
  if (refused.length === 0) return
  try {
    await withRetry(() => forgetMediaUploads(db, refused))
  } catch (error) {
    log.warn({ err: error }, 'uploads that Meta may not have any more were not forgotten')
  }
}
