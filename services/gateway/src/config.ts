import { mediaStoreSettings, pickSettings, storeSettings } from '@wag/service'
import { type Static } from 'typebox'

export const ConfigSchema = pickSettings(
  ...storeSettings,
  ...mediaStoreSettings,
  'MEDIA_SHARE_S',
  'GATEWAY_PORT',
  'ENCRYPTION_KEY',
  'GRAPH_URL',
  'GRAPH_TIMEOUT_MS',
  'WHATSAPP_VERSION',
  'WHATSAPP_APP_SECRET',
  'WHATSAPP_APP_SECRETS',
  'WHATSAPP_VERIFY_TOKEN',
  'SPOOL_DIR',
  'SPOOL_BYTES_MAX',
  'SEND_WAIT_MS',
  'SEND_EXPIRES_S',
  'DEFAULT_COUNTRY',
  'PUBLIC_URL',
  'MEDIA_TEMP_DIR',
  'MEDIA_UPLOADS_MAX',
  'MEDIA_LINK_TIMEOUT_MS',
  'MEDIA_LINK_ALLOW'
)

export type Config = Static<typeof ConfigSchema>
