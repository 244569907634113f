import { openErasures, stepErasure } from '@wag/db'
import { every } from '@wag/service'
import { type IngestContext } from './context.ts'
import { tell } from './tell.ts'

type ErasuresContext = Pick<IngestContext, 'db' | 'log' | 'publisher'> & { encryptionKey: string }

const intervalMs = 1_000

/** Finishes erasures that no request has finished, or whose gateway ended over them. */
export function startErasures(context: ErasuresContext): { stop(): Promise<void> } {
  const { db, log } = context
  let isStopped = false
  const work = async (id: string): Promise<void> => {
    while (!isStopped) {
      const { state, ends } = await stepErasure(db, id, context.encryptionKey)
      tell(context, ends)
      if (state !== 'more') return
    }
  }
  const loop = every(
    intervalMs,
    async () => {
      for (const id of await openErasures(db)) {
        // One that fails must not keep the others waiting.
        await work(id).catch((error: unknown) => log.error({ err: error, requestId: id }, 'an erasure does not go on'))
      }
    },
    (error) => log.warn({ err: error }, 'erasures could not be looked at')
  )
  return {
    async stop() {
      isStopped = true
      await loop.stop()
    }
  }
}
