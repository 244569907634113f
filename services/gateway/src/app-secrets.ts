/** A secret that webhooks may be signed with; `app` and `place` (1 is the newest) name it in metrics. */
export type AppSecret = { app: string; place: number; secret: string }

type SecretSettings = { WHATSAPP_APP_SECRET: string; WHATSAPP_APP_SECRETS: string }

/**
 * Every secret of every app that posts here. All apps share one address, and the signature tells them apart: an address
 * per app would be one more thing to set up wrong at Meta, and trying a few secrets costs microseconds.
 */
export function readAppSecrets(settings: SecretSettings): AppSecret[] {
  const apps = [`default:${settings.WHATSAPP_APP_SECRET}`, ...settings.WHATSAPP_APP_SECRETS.split(';')]
  return apps.flatMap((text) => {
    const colon = text.indexOf(':')
    const app = text.slice(0, Math.max(colon, 0))
    const secrets = text.slice(colon + 1).split(',')
    return secrets.filter(Boolean).map((secret, index) => ({ app, place: index + 1, secret }))
  })
}
