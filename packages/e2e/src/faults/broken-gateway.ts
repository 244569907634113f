// What the checker must catch: a gateway that answers 202 for a job in Redis and nothing else, repeats every POST that was
// not answered well, and acknowledges webhooks before it stores them.
import { connectRedis, openQueues, startWorker } from '@wag/bus'
import { createId } from '@wag/contracts'
import { connect } from '@wag/db'
import { createGraph } from '@wag/graph'
import fastify from 'fastify'

type Tables = { naive_webhooks: { wamid: string } }
type Body = { to: string; text: { body: string } }

const {
  DATABASE_URL = '',
  REDIS_URL = '',
  GRAPH_URL = '',
  WHATSAPP_ACCESS_TOKEN = '',
  WHATSAPP_FROM_PHONE_NUMBER_ID = '',
  GATEWAY_PORT
} = process.env
const onError = (error: Error): void => void process.stderr.write(`${error.message}\n`)
const redisOptions = { url: REDIS_URL, name: 'naive', onError }
const queue = openQueues({ redis: connectRedis(redisOptions), prefix: 'naive', onError }).queue('{naive}')
const db = connect({ url: DATABASE_URL, poolMax: 5, applicationName: 'naive', onError }).withTables<Tables>()
const graph = createGraph({ baseUrl: GRAPH_URL, version: 'v24.0', timeoutMs: 3_000, connectionsMax: 100 })

startWorker({
  ...redisOptions,
  prefix: 'naive',
  queue: '{naive}',
  concurrency: 50,
  async handle(data) {
    const { id, to, text } = data as Body & { id: string }
    const answer = await graph.send({
      phoneNumberId: WHATSAPP_FROM_PHONE_NUMBER_ID,
      accessToken: WHATSAPP_ACCESS_TOKEN,
      recipient: { kind: 'phone', id: to.slice(1) },
      content: { type: 'text', text },
      callbackData: id
    })
    if (answer.kind !== 'sent') await queue.add('send', data, { jobId: createId() })
  }
})

const app = fastify({ logger: false })
app.get('/health/ready', async () => ({ status: 'ok' }))
app.post('/v1/messages', async (request, reply) => {
  const id = createId()
  await queue.add('send', { ...(request.body as Body), id }, { jobId: id })
  return reply.code(202).send({ id, status: 'queued' })
})
app.post('/whatsapp-webhook/', async (request) => {
  const { entry } = request.body as { entry: { changes: { value: { messages: { id: string }[] } }[] }[] }
  const wamids = entry.flatMap(({ changes }) => changes.flatMap(({ value }) => value.messages.map(({ id }) => id)))
  setTimeout(() => {
    db.insertInto('naive_webhooks')
      .values(wamids.map((wamid) => ({ wamid })))
      .execute()
      .catch(onError)
  }, 5)
  return { status: 'success' }
})
await app.listen({ port: Number(GATEWAY_PORT), host: '127.0.0.1' })
