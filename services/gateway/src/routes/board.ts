import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { FastifyAdapter } from '@bull-board/fastify'
import { type Queues } from '@wag/bus'
import { ingestQueueName, sendQueueName } from '@wag/contracts'
import { type Db, listSendingNumbers } from '@wag/db'
import { type App, every } from '@wag/service'

/** A new phone number's queue is shown after this long at the latest, in milliseconds. */
const lookIntervalMs = 10_000
const basePath = '/ops/queues'

/** Bull Board at `/ops/queues`, behind an admin key (in a browser: any user name, the key as password). */
export async function addBoard(app: App, { db, queues }: { db: Db; queues: Queues }): Promise<void> {
  const server = new FastifyAdapter()
  server.setBasePath(basePath)
  const board = createBullBoard({
    queues: [],
    serverAdapter: server,
    options: { uiConfig: { boardTitle: 'wag queues' } }
  })

  async function look(): Promise<void> {
    const numbers = await listSendingNumbers(db)
    const names = [ingestQueueName, ...numbers.map(({ id }) => sendQueueName(id))]
    board.setQueues(names.map((name) => new BullMQAdapter(queues.queue(name))))
  }

  const onError = (error: unknown): void => app.log.warn({ err: error }, 'cannot list the queues')
  const loop = every(lookIntervalMs, look, onError)
  app.addHook('onReady', () => look().catch(onError))
  app.addHook('onClose', () => loop.stop())
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, scope: 'ops' }
  })
  await app.register(server.registerPlugin(), { prefix: basePath })
}
