import { setTimeout as wait } from 'node:timers/promises'
import { type Publisher } from '@wag/bus'
import { type Db, stepErasure } from '@wag/db'
import { type FastifyBaseLogger } from 'fastify'
import { tell } from './tell.ts'

export type EraseContext = { db: Db; publisher: Publisher; encryptionKey: string; log: FastifyBaseLogger }

/** How long a request may work on an erasure before the rest is left to ingest, and how long it waits for others. */
const workMs = 8_000
const pauseMs = 100

/** Takes an erasure as far as a request may take; what is left, or fails, is ingest's to finish. */
export async function erase({ db, publisher, encryptionKey, log }: EraseContext, id: string): Promise<void> {
  const deadline = performance.now() + workMs
  try {
    while (performance.now() < deadline) {
      const { state, ends } = await stepErasure(db, id, encryptionKey)
      tell({ publisher, log }, ends)
      if (state === 'done') return
      if (state !== 'more') await wait(pauseMs)
    }
  } catch (error) {
    log.warn({ err: error }, 'an erasure was left to ingest')
  }
}
