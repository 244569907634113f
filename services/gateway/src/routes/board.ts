import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { FastifyAdapter } from '@bull-board/fastify'
import { type Queues } from '@wag/bus'
import { ingestQueueName, mediaQueueName, sendQueueName } from '@wag/contracts'
import { type App, every } from '@wag/service'

/** How often the queues are looked up: one that was opened while Redis was away is replaced. In milliseconds. */
const lookIntervalMs = 10_000
const basePath = '/ops/queues'

/**
 * Bull Board at `/ops/queues`, behind an admin key (in a browser: any user name, the key as password). It only shows:
 * the ledger decides what is sent, so pausing, retrying or removing bells would seem to do something and not do it.
 */
export async function addBoard(app: App, queues: Queues): Promise<void> {
  const server = new FastifyAdapter()
  server.setBasePath(basePath)
  const board = createBullBoard({
    queues: [],
    serverAdapter: server,
    options: { uiConfig: { boardTitle: 'wag queues' } }
  })
  const names = [sendQueueName, ingestQueueName, mediaQueueName]
  const look = async (): Promise<void> =>
    board.setQueues(names.map((name) => new BullMQAdapter(queues.queue(name), { readOnlyMode: true })))
  const loop = every(lookIntervalMs, look, (error) => app.log.warn({ err: error }, 'cannot show the queues'))
  app.addHook('onReady', look)
  app.addHook('onClose', () => loop.stop())
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, scope: 'ops' }
  })
  await app.register(server.registerPlugin(), { prefix: basePath })
}
