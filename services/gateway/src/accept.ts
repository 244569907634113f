import { type Queues } from '@wag/bus'
import {
  type Acceptance,
  acceptMessages,
  createBatcher,
  type Db,
  isDataFault,
  type NewMessage,
  type SendRequest,
  withRetry
} from '@wag/db'
import { type FastifyBaseLogger } from 'fastify'
import { withinDeadline } from './deadline.ts'
import { type Metrics } from './metrics.ts'

export type Acceptor = ReturnType<typeof createAcceptor>

type AcceptorContext = { db: Db; queues: Queues; metrics: Metrics; log: FastifyBaseLogger; lifetimeS: number }

type Waiting = { request: SendRequest; weight: number }

/** What one statement carries at most, and what may wait for its commit: in messages, or in their bytes where they are large. */
const weightMax = 1_000
const waitingWeightMax = 20_000
const bytesPerWeight = 4_096

/** A statement runs beside another one when there is much to carry, or the other takes this long, in milliseconds. */
const besideMs = 40

/**
 * Takes messages into the ledger: those that arrive together are committed together, then rung for. `accept` resolves
 * once the request is committed, and never waits for Redis. `bytes` is the size of its body.
 */
export function createAcceptor(context: AcceptorContext) {
  const batcher = createBatcher((waiting: Waiting[]) => commit(context, waiting), {
    itemsMax: 500,
    inFlightMax: 2,
    beside: { weight: weightMax / 4, afterMs: besideMs },
    weigh: ({ weight }) => weight,
    weightMax,
    waitingWeightMax,
    isItemFault: isDataFault
  })
  return {
    accept(request: SendRequest, bytes: number): Promise<Acceptance> {
      const weight = Math.max(1, request.messages.length, Math.ceil(bytes / bytesPerWeight))
      return withinDeadline(batcher.add({ request, weight }))
    },
    idle: () => batcher.idle()
  }
}

async function commit(context: AcceptorContext, waiting: Waiting[]): Promise<Acceptance[]> {
  const requests = waiting.map(({ request }) => request)
  const results = await withRetry(() => acceptMessages(context.db, requests, context.lifetimeS))
  const accepted = requests
    .filter((_, index) => results[index]?.kind === 'accepted')
    .flatMap(({ messages }) => messages)
  context.metrics.accepted.inc(accepted.length)
  context.metrics.batch.observe({ table: 'messages' }, accepted.length)
  ring(context, accepted)
  return results
}

/** What is due later is not rung for: senders look for it themselves, this long ahead of its time; in milliseconds. */
const soonMs = 2_000

function ring({ queues, metrics, log }: AcceptorContext, messages: NewMessage[]): void {
  const soon = Date.now() + soonMs
  const due = messages.filter(({ sendAt }) => sendAt === undefined || sendAt.getTime() <= soon)
  if (due.length === 0) return
  queues.ringSend(due.map(({ phoneNumberId }) => phoneNumberId)).catch((error: unknown) => {
    metrics.unrung.inc({ queue: 'send' })
    log.warn({ err: error, messages: due.length }, 'a bell was not taken; the sweeper will look')
  })
}
