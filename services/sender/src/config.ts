import { pickSettings, storeSettings } from '@wag/service'
import { type Static } from 'typebox'

export const ConfigSchema = pickSettings(
  ...storeSettings,
  'SENDER_PORT',
  'SENDER_CONCURRENCY',
  'SEND_RATE_DEFAULT',
  'UNKNOWN_ALERT_S',
  'UNKNOWN_RESEND_S',
  'SWEEP_INTERVAL_MS',
  'CLAIM_TTL_MS',
  'ENCRYPTION_KEY',
  'GRAPH_URL',
  'GRAPH_TIMEOUT_MS',
  'WHATSAPP_VERSION'
)

export type Config = Static<typeof ConfigSchema>
