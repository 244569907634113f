import { ApiMediaSchema, GatewayError, isId, MediaLinkBodySchema, MediaLinkSchema } from '@wag/contracts'
import { type Db, findMedia, retryMedia, type StoredMedia } from '@wag/db'
import { type App, principalOf } from '@wag/service'
import { type FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { apiMediaOf } from '../api-media.ts'
import { type InboundMedia } from '../inbound-media.ts'
import { originOf } from '../page.ts'
import { sendContent } from '../send-content.ts'

const params = Type.Object({ id: Type.String() })
const LinkQuerySchema = Type.Object({ expires: Type.Optional(Type.String()), signature: Type.Optional(Type.String()) })
/** Written out: a HEAD that Fastify makes of a GET reads all the bytes to count them. */
const contentMethods = ['GET', 'HEAD']
type WithId = { Params: { id: string } }

/** `/v1/media/{id}`: what customers sent, its bytes, and links to them that need no key. */
export function addMediaContent(app: App, context: InboundMedia): void {
  const { db, store, links } = context
  const read = { scope: 'read' } as const

  app.get('/v1/media/:id', { config: read, schema: { params, response: { 200: ApiMediaSchema } } }, async (request) =>
    apiMediaOf(await ownMedia(db, request))
  )

  app.route({
    url: '/v1/media/:id/content',
    method: contentMethods,
    config: read,
    schema: { params },
    handler: async (request, reply) => sendContent(store, await ownMedia(db, request), request, reply)
  })

  app.post(
    '/v1/media/:id/link',
    {
      config: read,
      schema: { params, body: Type.Union([MediaLinkBodySchema, Type.Null()]), response: { 200: MediaLinkSchema } }
    },
    async (request) => {
      const media = await ownMedia(db, request)
      if (media.state !== 'stored') {
        throw new GatewayError('state_conflict', `This medium is not stored: it is ${media.state}`)
      }
      const { path, expiresAt } = links.sign(media.id, request.body?.expires_in_s ?? context.linkSeconds)
      return { link: originOf(request, context.publicUrl) + path, expires_at: expiresAt.toISOString() }
    }
  )

  app.post(
    '/v1/media/:id/retry',
    { config: { scope: 'admin' }, schema: { params, response: { 200: ApiMediaSchema } } },
    async (request) => {
      const media = await ownMedia(db, request)
      if (!(await retryMedia(db, media.tenantId, media.id))) {
        throw new GatewayError('state_conflict', `There is nothing to fetch again: this medium is ${media.state}`)
      }
      return apiMediaOf(await ownMedia(db, request))
    }
  )

  // Whoever has the link has what it shows, as with Meta's own; the signature stands for the key.
  app.route({
    url: '/v1/media/:id/signed',
    method: contentMethods,
    config: { scope: 'public' },
    schema: { params, querystring: LinkQuerySchema },
    handler: async (request, reply) => {
      links.check(request.params.id, request.query)
      const media = await findMedia(db, request.params.id)
      if (!media) throw new GatewayError('media_not_found', 'Media not found')
      return sendContent(store, media, request, reply)
    }
  })
}

/** A medium of the caller's own; anybody else's does not exist. */
async function ownMedia(db: Db, request: FastifyRequest<WithId>): Promise<StoredMedia> {
  const { tenantId } = principalOf(request)
  const { id } = request.params
  const media = isId(id) ? await findMedia(db, id) : undefined
  if (media?.tenantId !== tenantId) throw new GatewayError('media_not_found', 'Media not found')
  return media
}
