import { BatchBodySchema, BatchReplySchema, type BatchResult, GatewayError } from '@wag/contracts'
import { type NewMessage } from '@wag/db'
import { type App, principalOf } from '@wag/service'
import { commitRequest, markReplayed } from '../../committing.ts'
import { idempotencyOf } from '../../idempotency.ts'
import { type MessagesContext } from './context.ts'

/** Bytes of a batch's body: 1,000 messages of 8 KB. */
const batchBytesMax = 8 * 1024 * 1024

/** What is wrong with one message, and not with the gateway: the others of its batch go on. */
const itsOwn = new Set(['invalid_message', 'number_not_found', 'meta_refused', 'graph_unavailable'])

/** `POST /v1/messages/batch`: up to 1,000 messages, each judged alone, committed together. */
export function addBatch(app: App, context: MessagesContext): void {
  app.post(
    '/v1/messages/batch',
    {
      bodyLimit: batchBytesMax,
      config: { scope: 'send' },
      schema: { body: BatchBodySchema, response: { 202: BatchReplySchema } }
    },
    async (request, reply) => {
      const { tenantId } = principalOf(request)
      const idempotency = idempotencyOf(request)
      const drafts = await Promise.all(request.body.messages.map((body) => judge(context, tenantId, body)))
      const messages = drafts.flatMap(({ message }) => message ?? [])
      const results = drafts.map(resultOf)
      void reply.code(202)
      if (messages.length === 0 && !idempotency) return { results }
      const committed = await commitRequest(context, request, { tenantId, messages, idempotency, answer: { results } })
      if (committed.kind === 'accepted') return { results }
      markReplayed(reply)
      return committed.answer
    }
  )
}

type Judged = { message?: NewMessage; error?: GatewayError }

async function judge({ drafts }: MessagesContext, tenantId: string, body: unknown): Promise<Judged> {
  try {
    return { message: await drafts.draft(tenantId, body) }
  } catch (error) {
    if (error instanceof GatewayError && itsOwn.has(error.code)) return { error }
    throw error
  }
}

function resultOf({ message, error }: Judged, index: number): BatchResult {
  if (message) {
    const isAhead = message.sendAt !== undefined && message.sendAt.getTime() > Date.now()
    return { index, id: message.id, status: isAhead ? 'scheduled' : 'queued' }
  }
  const { code = 'internal', message: detail = '', problems: errors = [] } = error ?? {}
  return { index, error: { code, detail, ...(errors.length > 0 && { errors }) } }
}
