import { deleteOldRows, dropOldDays, type Keep } from '@wag/db'
import { every } from '@wag/service'
import { type IngestContext } from './context.ts'

const intervalMs = 3_600_000
/** Pieces deleted in one go; the rest waits for the next. */
const piecesMax = 1_000

/** Drops what is older than it is to be kept, at the start and every hour. */
export function startRetention({ db, log }: Pick<IngestContext, 'db' | 'log'>, keep: Keep): { stop(): Promise<void> } {
  let isStopped = false
  const forget = async (): Promise<void> => {
    const dropped = await dropOldDays(db, keep)
    if (dropped.length > 0) log.info({ dropped }, 'old days were dropped')
    for (let piece = 0; piece < piecesMax && !isStopped; piece++) if (await deleteOldRows(db, keep)) return
  }
  const onError = (error: unknown): void => log.warn({ err: error }, 'old days could not be dropped; in an hour again')
  const first = forget().catch(onError)
  const loop = every(intervalMs, forget, onError)
  return {
    async stop() {
      isStopped = true
      await first
      await loop.stop()
    }
  }
}
