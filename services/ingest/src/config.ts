import { mediaStoreSettings, pickSettings, storeSettings } from '@wag/service'
import { type Static } from 'typebox'

export const ConfigSchema = pickSettings(
  ...storeSettings,
  ...mediaStoreSettings,
  'INGEST_PORT',
  'SWEEP_INTERVAL_MS',
  'INBOX_DAYS',
  'EVENT_DAYS',
  'ALARM_INTERVAL_MS',
  'ALARM_STATUS_S',
  'ALARM_STATUS_COUNT',
  'ALARM_STATUS_PERCENT',
  'ALARM_SILENCE_S',
  'ALARM_INBOX_S',
  'ALARM_PARKED_S',
  'ALARM_PARKED_COUNT',
  'ALARM_QUARANTINE_COUNT',
  'ENCRYPTION_KEY',
  'GRAPH_URL',
  'GRAPH_TIMEOUT_MS',
  'WHATSAPP_VERSION',
  'MEDIA_BYTES_MAX',
  'MEDIA_CONCURRENCY',
  'MEDIA_TIMEOUT_MS'
)

export type Config = Static<typeof ConfigSchema>
