import { GatewayError, MediaReplySchema } from '@wag/contracts'
import { findMediaByMetaId, loadAccessToken } from '@wag/db'
import { type Graph } from '@wag/graph'
import { type App, principalOf } from '@wag/service'
import { Type } from 'typebox'
import { type InboundMedia } from '../inbound-media.ts'
import { originOf } from '../page.ts'

type MediaContext = InboundMedia & { graph: Graph; encryptionKey: string }

/**
 * `GET /media/<media id>/`: where the file is to be had for some minutes: here, without a key, once it is stored; at Meta
 * until then, and for what no customer sent.
 */
export function addMedia(app: App, context: MediaContext): void {
  const { db, graph, encryptionKey, store, links, linkSeconds, publicUrl } = context
  app.get(
    '/media/:mediaId',
    {
      config: { scope: 'read' },
      schema: { params: Type.Object({ mediaId: Type.String() }), response: { 200: MediaReplySchema } }
    },
    async (request) => {
      const { tenantId, phoneNumberId } = principalOf(request)
      const { mediaId } = request.params
      const stored = await findMediaByMetaId(db, tenantId, mediaId.replaceAll('\0', ''))
      if (store && stored?.state === 'stored') {
        const link = originOf(request, publicUrl) + links.sign(stored.id, linkSeconds).path
        return { media_id: mediaId, link, mime_type: stored.mimeType ?? 'application/octet-stream' }
      }
      const id = stored?.phoneNumberId || phoneNumberId
      if (!id) throw new GatewayError('media_not_found', 'Media not found')
      const accessToken = await loadAccessToken(db, { tenantId, id }, encryptionKey)
      if (!accessToken) throw new GatewayError('media_not_found', 'Media not found')
      const media = await graph.getMedia({ mediaId, accessToken })
      return { media_id: media.mediaId, link: media.link, mime_type: media.mimeType }
    }
  )
}
