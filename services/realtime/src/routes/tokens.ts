import { randomBytes } from 'node:crypto'
import { createId, GatewayError, isId, TokenReplySchema, TokenRequestSchema } from '@wag/contracts'
import { type Db, revokeRealtimeToken, saveRealtimeToken } from '@wag/db'
import { type App, principalOf } from '@wag/service'
import { Type } from 'typebox'
import { tokenPrefix } from '../identity.ts'
import { type SocketServer } from '../server.ts'

const ttlDefaultS = 600

/** `POST /v1/realtime/tokens`: a short-lived credential for a browser. `DELETE /v1/realtime/tokens/<id>` ends it at once. */
export function addTokens(app: App, { db, io }: { db: Db; io: SocketServer }): void {
  app.post(
    '/v1/realtime/tokens',
    { config: { scope: 'read' }, schema: { body: TokenRequestSchema, response: { 201: TokenReplySchema } } },
    async (request, reply) => {
      const { tenantId, keyId } = principalOf(request)
      const { subscriptions, ttl_s: ttlS = ttlDefaultS } = request.body
      const id = createId()
      const token = `${tokenPrefix}${randomBytes(32).toString('base64url')}`
      const expiresAt = await saveRealtimeToken(db, { tokenId: id, keyId, tenantId, subscriptions, token, ttlS })
      return reply.code(201).send({ id, token, expires_at: expiresAt.toISOString() })
    }
  )

  app.delete(
    '/v1/realtime/tokens/:id',
    { config: { scope: 'read' }, schema: { params: Type.Object({ id: Type.String() }) } },
    async (request, reply) => {
      const { id } = request.params
      const isRevoked = isId(id) && (await revokeRealtimeToken(db, principalOf(request).tenantId, id))
      if (!isRevoked) throw new GatewayError('not_found', 'There is no such token')
      // At once, on every node; a node that does not hear this finds out by itself within seconds.
      io.in(`token:${id}`).disconnectSockets(true)
      return reply.code(204).send()
    }
  )
}
