import {
  GatewayError,
  isId,
  ReplayReplySchema,
  type ReplayRequest,
  ReplayRequestSchema,
  WebhookDetailSchema,
  WebhookPageSchema,
  type WebhookState,
  WebhookStateSchema,
  type WebhookView
} from '@wag/contracts'
import { type Db, findWebhook, listWebhooks, replayWebhooks, type StoredWebhook, selectWebhooks } from '@wag/db'
import { type App, principalOf } from '@wag/service'
import { type FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { cutPage, encodeCursor, idOfCursor, limitOf, nextOf, PageQuerySchema } from '../page.ts'
import { timeOf } from '../query.ts'
import { type RingContext, ring } from '../ring.ts'

export type WebhooksContext = RingContext & { db: Db; publicUrl: string }

const ParamsSchema = Type.Object({ id: Type.String() })
const QuerySchema = Type.Object(
  {
    ...PageQuerySchema.properties,
    from: Type.Optional(Type.String()),
    until: Type.Optional(Type.String()),
    state: Type.Optional(WebhookStateSchema)
  },
  { additionalProperties: false }
)

/** Webhooks that one request has processed once more, and how many of them by one statement. */
const replayMax = 10_000
const replayStepMax = 500

/** The raw inbox: `GET /v1/webhooks`, one with its body, and `POST …/replay` for one or for a range of times. */
export function addWebhooks(app: App, context: WebhooksContext): void {
  const { db, publicUrl } = context
  app.get(
    '/v1/webhooks',
    { config: { scope: 'read' }, schema: { querystring: QuerySchema, response: { 200: WebhookPageSchema } } },
    async (request, reply) => {
      const { cursor, ...wanted } = request.query
      const limit = limitOf(wanted.limit)
      const { tenantId } = principalOf(request)
      const found = await listWebhooks(db, tenantId, filterOf(wanted), idOfCursor(cursor), limit + 1)
      const { page, last } = cutPage(found, limit)
      return { webhooks: page.map(viewOf), ...nextOf(request, reply, publicUrl, last) }
    }
  )

  app.get(
    '/v1/webhooks/:id',
    { config: { scope: 'read' }, schema: { params: ParamsSchema, response: { 200: WebhookDetailSchema } } },
    async (request, reply) => {
      const { id } = request.params
      const webhook = isId(id) ? await findWebhook(db, principalOf(request).tenantId, id) : undefined
      if (!webhook) throw notFound()
      if (!request.headers.accept?.includes('application/octet-stream')) {
        return { ...viewOf(webhook), body: webhook.body.toString('base64') }
      }
      // Whatever somebody sent must not run in a browser that shows it.
      const raw: FastifyReply = reply
      return raw
        .type('application/octet-stream')
        .headers({ 'x-content-type-options': 'nosniff', 'content-disposition': `attachment; filename="${id}"` })
        .send(webhook.body)
    }
  )

  app.post(
    '/v1/webhooks/:id/replay',
    { config: { scope: 'admin' }, schema: { params: ParamsSchema, response: { 202: ReplayReplySchema } } },
    async (request, reply) => {
      await replayOne(context, principalOf(request).tenantId, request.params.id)
      return reply.code(202).send({ replayed: 1 })
    }
  )

  app.post(
    '/v1/webhooks/replay',
    { config: { scope: 'admin' }, schema: { body: ReplayRequestSchema, response: { 202: ReplayReplySchema } } },
    async (request, reply) => {
      return reply.code(202).send(await replayRange(context, principalOf(request).tenantId, request.body))
    }
  )
}

/** Has one webhook processed once more. */
export async function replayOne(context: WebhooksContext, tenantId: string, id: string): Promise<void> {
  const webhook = isId(id) ? await findWebhook(context.db, tenantId, id) : undefined
  if (!webhook) throw notFound()
  const replayed = await replayWebhooks(context.db, tenantId, [id])
  if (replayed.length === 0) throw new GatewayError('state_conflict', 'The body of this webhook was erased')
  ring(context, replayed)
}

async function replayRange(context: WebhooksContext, tenantId: string, request: ReplayRequest) {
  const filter = filterOf(request)
  let after = idOfCursor(request.cursor)
  let count = 0
  while (count < replayMax) {
    const ids = await selectWebhooks(context.db, tenantId, filter, after, replayStepMax)
    const replayed = await replayWebhooks(context.db, tenantId, ids)
    ring(context, replayed)
    count += replayed.length
    after = ids.at(-1)
    if (ids.length < replayStepMax) return { replayed: count }
  }
  return { replayed: count, ...(after !== undefined && { next: encodeCursor(after) }) }
}

type Wanted = { from?: string | undefined; until?: string | undefined; state?: WebhookState | undefined }

function filterOf({ from, until, state }: Wanted) {
  return { from: timeOf('from', from), until: timeOf('until', until), state }
}

function viewOf(webhook: StoredWebhook): WebhookView {
  return {
    id: webhook.id,
    received_at: webhook.receivedAt.toISOString(),
    bytes: webhook.bytes,
    state: stateOf(webhook),
    processed_at: webhook.processedAt?.toISOString() ?? null,
    result: webhook.result,
    attempts: webhook.attempts,
    last_error: webhook.lastError,
    retry_at: webhook.retryAt?.toISOString() ?? null,
    erased_at: webhook.erasedAt?.toISOString() ?? null
  }
}

function stateOf({ processedAt, result }: StoredWebhook): WebhookState {
  if (!processedAt) return 'pending'
  return result && result.quarantined > 0 ? 'quarantined' : 'processed'
}

function notFound(): GatewayError {
  return new GatewayError('webhook_not_found', 'Webhook not found')
}
