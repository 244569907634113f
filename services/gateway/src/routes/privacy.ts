import {
  GatewayError,
  isId,
  PrivacyRequestPageSchema,
  type PrivacyRequestView,
  PrivacyRequestViewSchema
} from '@wag/contracts'
import { beginErasure, findPrivacyRequest, listPrivacyRequests, type PrivacyRequest } from '@wag/db'
import { type App, principalOf } from '@wag/service'
import { Type } from 'typebox'
import { contactIdOf } from '../contact-id.ts'
import { type EraseContext, erase } from '../erase.ts'
import { exportContact } from '../export.ts'
import { cutPage, idOfCursor, limitOf, nextOf, PageQuerySchema } from '../page.ts'

const ParamsSchema = Type.Object({ id: Type.String() })
const scope = 'admin' as const

/** `DELETE /v1/contacts/<id>`, `GET /v1/contacts/<id>/export`, and the audit of both: `GET /v1/privacy-requests`. */
export function addPrivacy(app: App, context: EraseContext & { publicUrl: string }): void {
  const { db, encryptionKey, publicUrl } = context
  app.delete(
    '/v1/contacts/:id',
    {
      config: { scope },
      schema: { params: ParamsSchema, response: { 200: PrivacyRequestViewSchema, 202: PrivacyRequestViewSchema } }
    },
    async (request, reply) => {
      const { tenantId, keyId } = principalOf(request)
      const contactId = contactIdOf(request.params.id)
      const begun = await beginErasure(db, { tenantId, contactId, keyId }, encryptionKey)
      if (!begun) throw new GatewayError('contact_not_found', 'Contact not found')
      const found = begun.finishedAt ? begun : await finish(context, tenantId, begun)
      void reply.header('location', `/v1/privacy-requests/${found.id}`)
      return reply.code(found.finishedAt ? 200 : 202).send(viewOf(found))
    }
  )

  app.get(
    '/v1/contacts/:id/export',
    { config: { scope }, schema: { params: ParamsSchema } },
    async (request, reply) => {
      const { tenantId, keyId } = principalOf(request)
      const contactId = contactIdOf(request.params.id)
      const stream = await exportContact(db, { tenantId, contactId, keyId })
      return reply
        .type('application/json')
        .headers({
          'cache-control': 'no-store',
          'content-disposition': `attachment; filename="contact-${contactId}.json"`
        })
        .send(stream)
    }
  )

  app.get(
    '/v1/privacy-requests',
    { config: { scope }, schema: { querystring: PageQuerySchema, response: { 200: PrivacyRequestPageSchema } } },
    async (request, reply) => {
      const limit = limitOf(request.query.limit)
      const before = idOfCursor(request.query.cursor)
      const found = await listPrivacyRequests(db, principalOf(request).tenantId, before, limit + 1)
      const { page, last } = cutPage(found, limit)
      return { requests: page.map(viewOf), ...nextOf(request, reply, publicUrl, last) }
    }
  )

  app.get(
    '/v1/privacy-requests/:id',
    { config: { scope }, schema: { params: ParamsSchema, response: { 200: PrivacyRequestViewSchema } } },
    async (request) => {
      const { id } = request.params
      const found = isId(id) ? await findPrivacyRequest(db, principalOf(request).tenantId, id) : undefined
      if (!found) throw new GatewayError('privacy_request_not_found', 'No erasure or export has this id')
      return viewOf(found)
    }
  )
}

/** Small contacts are erased before the answer; of a large one, ingest does the rest. */
async function finish(context: EraseContext, tenantId: string, begun: PrivacyRequest): Promise<PrivacyRequest> {
  await erase(context, begun.id)
  return (await findPrivacyRequest(context.db, tenantId, begun.id)) ?? begun
}

function viewOf(request: PrivacyRequest): PrivacyRequestView {
  return {
    id: request.id,
    kind: request.kind,
    contact_id: request.contactId,
    key_id: request.keyId,
    state: request.finishedAt ? 'done' : 'running',
    requested_at: request.requestedAt.toISOString(),
    finished_at: request.finishedAt?.toISOString() ?? null,
    counts: request.counts
  }
}
