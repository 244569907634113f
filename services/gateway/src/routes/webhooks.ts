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
import { idOf, nextOf } from '../cursor.ts'
import { limitOf, PageQuerySchema } from '../page.ts'
import { type RingContext, ring } from '../ring.ts'

export type WebhooksContext = RingContext & { db: Db }

const ParamsSchema = Type.Object({ id: Type.String() })
const QuerySchema = Type.Object(
  {
    ...PageQuerySchema.properties,
    from: Type.Optional(Type.String()),
    until: Type.Optional(Type.String()),
    result: Type.Optional(WebhookStateSchema)
  },
  { additionalProperties: false }
)

/** Webhooks that one request has processed once more, and how many of them by one statement. */
const replayMax = 10_000
const replayStepMax = 500

/** The raw inbox: `GET /v1/webhooks`, one with its body, and `POST …/replay` for one or for a range of times. */
export function addWebhooks(app: App, context: WebhooksContext): void {
  const { db } = context
  app.get(
    '/v1/webhooks',
    { config: { scope: 'read' }, schema: { querystring: QuerySchema, response: { 200: WebhookPageSchema } } },
    async (request) => {
      const { limit, cursor, result, ...range } = request.query
      const most = limitOf(limit)
      const filter = filterOf({ ...range, result })
      const found = await listWebhooks(db, principalOf(request).tenantId, filter, idOf(cursor), most + 1)
      return { webhooks: found.slice(0, most).map(viewOf), next: nextOf(found, most) }
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
      return reply.code(202).send({ replayed: 1, next: null })
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
  let after = idOf(request.cursor)
  let count = 0
  while (count < replayMax) {
    const ids = await selectWebhooks(context.db, tenantId, filter, after, replayStepMax)
    const replayed = await replayWebhooks(context.db, tenantId, ids)
    ring(context, replayed)
    count += replayed.length
    after = ids.at(-1)
    if (ids.length < replayStepMax) return { replayed: count, next: null }
  }
  return { replayed: count, next: after === undefined ? null : nextOf([{ id: after }, { id: after }], 1) }
}

type Range = { from?: string | undefined; until?: string | undefined; result?: WebhookState | undefined }

function filterOf({ from, until, result }: Range) {
  return { from: instantOf('from', from), until: instantOf('until', until), state: result }
}

function instantOf(name: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined
  const at = new Date(text)
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(at.getTime())) return at
  throw new GatewayError('bad_request', `${name} must be a time of ISO 8601, such as 2026-11-22T15:00:00Z`)
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
