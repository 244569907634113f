import { type Queues } from '@wag/bus'
import { acceptMessages, createBatcher, type Db, isDataFault, type NewMessage, withRetry } from '@wag/db'
import { type FastifyBaseLogger } from 'fastify'
import { withinDeadline } from './deadline.ts'
import { type Metrics } from './metrics.ts'

export type Acceptor = ReturnType<typeof createAcceptor>

type AcceptorContext = { db: Db; queues: Queues; metrics: Metrics; log: FastifyBaseLogger }

/**
 * Takes messages into the ledger: those that arrive together are committed together, then rung for. `accept` resolves
 * once the message is committed, and never waits for Redis.
 */
export function createAcceptor(context: AcceptorContext) {
  const batcher = createBatcher(
    async (messages: NewMessage[]) => {
      await withRetry(() => acceptMessages(context.db, messages))
      context.metrics.accepted.inc(messages.length)
      context.metrics.batch.observe({ table: 'messages' }, messages.length)
      ring(context, messages)
      return messages
    },
    { itemsMax: 500, inFlightMax: 2, waitingMax: 20_000, isItemFault: isDataFault }
  )
  return {
    accept: (message: NewMessage) => withinDeadline(batcher.add(message)),
    idle: () => batcher.idle()
  }
}

function ring({ queues, metrics, log }: AcceptorContext, messages: NewMessage[]): void {
  const byNumber = Map.groupBy(messages, ({ phoneNumberId }) => phoneNumberId)
  for (const [phoneNumberId, group] of byNumber) {
    const bells = group.map(({ id }) => ({ messageId: id, attempts: 0 }))
    queues.ringSend(phoneNumberId, bells).catch((error: unknown) => {
      metrics.unrung.inc({ queue: 'send' }, bells.length)
      log.warn({ err: error, bells: bells.length }, 'bells not taken; the sweeper will ring')
    })
  }
}
