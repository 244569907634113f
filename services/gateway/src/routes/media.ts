import { GatewayError, MediaReplySchema } from '@wag/contracts'
import { type Db, loadAccessToken } from '@wag/db'
import { type Graph } from '@wag/graph'
import { type App, principalOf } from '@wag/service'
import { Type } from 'typebox'

type MediaContext = { db: Db; graph: Graph; encryptionKey: string }

/** `GET /media/<media id>/`: where Meta keeps the file for the next five minutes. */
export function addMedia(app: App, { db, graph, encryptionKey }: MediaContext): void {
  app.get(
    '/media/:mediaId',
    {
      config: { scope: 'read' },
      schema: { params: Type.Object({ mediaId: Type.String() }), response: { 200: MediaReplySchema } }
    },
    async (request) => {
      const { tenantId, phoneNumberId } = principalOf(request)
      if (!phoneNumberId) throw new GatewayError('media_not_found', 'Media not found')
      const accessToken = await loadAccessToken(db, { tenantId, id: phoneNumberId }, encryptionKey)
      if (!accessToken) throw new GatewayError('media_not_found', 'Media not found')
      const media = await graph.getMedia({ mediaId: request.params.mediaId, accessToken })
      return { media_id: media.mediaId, link: media.link, mime_type: media.mimeType }
    }
  )
}
