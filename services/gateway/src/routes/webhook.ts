import { createHash, timingSafeEqual } from 'node:crypto'
import { GatewayError, StatusReplySchema } from '@wag/contracts'
import { findSigner, isSignature } from '@wag/graph'
import { type App } from '@wag/service'
import { Type } from 'typebox'
import { readAppSecrets } from '../app-secrets.ts'
import { type Config } from '../config.ts'
import { type Inbox } from '../inbox.ts'
import { type Metrics } from '../metrics.ts'

export type WebhookContext = { config: Config; inbox: Inbox; metrics: Metrics }

/** Meta posts up to 3 MB (its webhook documentation); the rest is room. */
const webhookBytesMax = 3.5 * 1024 * 1024
const noBody = Buffer.alloc(0)

const HandshakeSchema = Type.Object({
  'hub.mode': Type.Optional(Type.String()),
  'hub.verify_token': Type.Optional(Type.String()),
  'hub.challenge': Type.Optional(Type.String())
})

/** `GET /whatsapp-webhook/`: Meta's handshake. `POST /whatsapp-webhook/`: its events, stored before they are answered. */
export function addWebhook(app: App, { config, inbox, metrics }: WebhookContext): void {
  // The signature is over the bytes, so nothing here may parse them.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: webhookBytesMax }, (_request, body, done) => {
    done(null, body)
  })

  app.get(
    '/whatsapp-webhook',
    { config: { scope: 'public' }, schema: { querystring: HandshakeSchema } },
    async (request, reply) => {
      const { 'hub.mode': mode, 'hub.verify_token': token = '', 'hub.challenge': challenge = '' } = request.query
      if (mode !== 'subscribe' || !isSame(token, config.WHATSAPP_VERIFY_TOKEN)) {
        throw new GatewayError('bad_verify_token', 'hub.mode must be subscribe and hub.verify_token the configured one')
      }
      if (!/^[\w.~+/=:-]{1,256}$/.test(challenge)) {
        throw new GatewayError('bad_request', 'hub.challenge must be 1 to 256 letters, digits or - . _ ~ + / = :')
      }
      return reply.type('text/plain; charset=utf-8').header('x-content-type-options', 'nosniff').send(challenge)
    }
  )

  const secrets = readAppSecrets(config)
  const texts = secrets.map(({ secret }) => secret)
  const refuse = (): GatewayError => {
    metrics.refused.inc()
    return new GatewayError('bad_signature', 'X-Hub-Signature-256 is missing or does not fit the body')
  }

  app.post(
    '/whatsapp-webhook',
    {
      bodyLimit: webhookBytesMax,
      config: { scope: 'public' },
      schema: { response: { 200: StatusReplySchema } },
      // Nobody gets megabytes into the memory without at least the shape of a signature.
      async onRequest(request) {
        if (!isSignature(request.headers['x-hub-signature-256'])) throw refuse()
      }
    },
    async (request) => {
      const body = Buffer.isBuffer(request.body) ? request.body : noBody
      const signer = secrets[findSigner(body, request.headers['x-hub-signature-256'], texts)]
      if (!signer) throw refuse()
      metrics.signed.inc({ app: signer.app, place: signer.place })
      await inbox.store(body)
      return { status: 'success' }
    }
  )
}

/** Compares in a time that tells nothing about where two texts differ, nor how long the secret one is. */
function isSame(given: string, secret: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(secret))
}
