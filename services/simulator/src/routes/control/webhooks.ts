import { Type } from 'typebox'
import { toMetaJson } from '../../sign.ts'
import { type ControlRoutes } from './plugin.ts'

const WebhookSchema = Type.Object(
  {
    /** Any JSON, written with Meta's escapes. */
    body: Type.Optional(Type.Unknown()),
    /** Instead: these characters as they are, in UTF-8. */
    raw: Type.Optional(Type.String()),
    /** Instead: these bytes. */
    raw_base64: Type.Optional(Type.String()),
    signature: Type.Optional(Type.Enum(['valid', 'wrong', 'none']))
  },
  { additionalProperties: false }
)

export const webhookRoutes: ControlRoutes = async (app, { simulator }) => {
  const { detour, poster } = simulator

  app.post('/webhooks', { schema: { body: WebhookSchema }, bodyLimit: 32 * 1024 * 1024 }, async (request) => {
    const { body, raw, raw_base64: base64, signature = 'valid' } = request.body
    const bytes = base64 !== undefined ? Buffer.from(base64, 'base64') : (raw ?? toMetaJson(body ?? {}))
    try {
      return await poster.postAndRead(bytes, signature)
    } catch (error) {
      request.log.warn({ err: error }, 'a webhook got no answer')
      return { status: 0, body: '' }
    }
  })

  app.post('/webhooks/release', async () => ({ released: detour.release() }))
}
