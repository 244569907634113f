// What the services are held against, one per process, told by the first argument which: a route with validation and no
// store; a route that checks a signature and nothing more; the way without us (a row and a call to Meta inside the
// request); and a queue without a ledger.
import { connectRedis, openQueues, startWorker } from '@wag/bus'
import { checkMessage, createId } from '@wag/contracts'
import { connect } from '@wag/db'
import { createGraph, findSigner } from '@wag/graph'
import fastify, { type FastifyInstance } from 'fastify'

const { DATABASE_URL = '', REDIS_URL = '', GRAPH_URL = '', APP_SECRET = '', IN_FLIGHT = '400' } = process.env
const inFlightMax = Number(IN_FLIGHT)
const onError = (error: Error): void => void process.stderr.write(`${error.message}\n`)
const prefix = 'bare'

type InlineTables = {
  inline_messages: { id: string; recipient: string; body: string; state: string; wamid: string | null }
}

type Body = { to: string; text: { body: string } }

function openGraph() {
  return createGraph({ baseUrl: GRAPH_URL, version: 'v24.0', timeoutMs: 10_000, connectionsMax: inFlightMax })
}

function post(graph: ReturnType<typeof openGraph>, body: Body, id: string) {
  return graph.send({
    phoneNumberId: '106540352242922',
    accessToken: 'bare',
    recipient: { kind: 'phone', id: body.to.slice(1) },
    content: { type: 'text', text: body.text },
    callbackData: id
  })
}

const servers: Record<string, (app: FastifyInstance) => void> = {
  accept(app) {
    app.post('/v1/messages', async (request, reply) => {
      const checked = checkMessage(request.body)
      if (!checked.ok) throw new Error('refused')
      return reply.code(202).send({ id: createId(), status: 'queued' })
    })
  },

  signed(app) {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    app.post('/whatsapp-webhook/', async (request) => {
      const isOurs = findSigner(request.body as Buffer, request.headers['x-hub-signature-256'], [APP_SECRET]) >= 0
      if (!isOurs) throw new Error('refused')
      return { status: 'success' }
    })
  },

  inline(app) {
    const db = connect({
      url: DATABASE_URL,
      poolMax: 20,
      applicationName: 'inline',
      onError
    }).withTables<InlineTables>()
    const graph = openGraph()
    app.post('/v1/messages', async (request, reply) => {
      const body = request.body as Body
      const id = createId()
      await db
        .insertInto('inline_messages')
        .values({ id, recipient: body.to, body: body.text.body, state: 'queued', wamid: null })
        .execute()
      const answer = await post(graph, body, id)
      const wamid = answer.kind === 'sent' ? answer.wamid : null
      await db.updateTable('inline_messages').set({ state: answer.kind, wamid }).where('id', '=', id).execute()
      return reply.code(200).send({ id, wamid })
    })
  },

  queue(app) {
    const redisOptions = { url: REDIS_URL, name: 'bare', onError }
    const queue = openQueues({ redis: connectRedis(redisOptions), prefix, onError }).queue('{bare}')
    const graph = openGraph()
    let sent = 0
    let firstAt = 0
    let lastAt = 0
    startWorker({
      ...redisOptions,
      prefix,
      queue: '{bare}',
      concurrency: inFlightMax,
      async handle(data) {
        await post(graph, data as Body, createId())
        sent++
        lastAt = performance.now()
      }
    })
    app.post('/v1/messages', async (request, reply) => {
      const id = createId()
      firstAt ||= performance.now()
      await queue.add('send', request.body, { jobId: id })
      return reply.code(202).send({ id, status: 'queued' })
    })
    process.on('message', () => process.send?.({ sent, seconds: (lastAt - firstAt) / 1000 }))
  }
}

const app = fastify({ logger: false })
servers[process.argv[2] ?? '']?.(app)
const address = await app.listen({ port: 0, host: '127.0.0.1' })
process.send?.({ port: Number(new URL(address).port) })
