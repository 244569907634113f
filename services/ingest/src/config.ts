import { pickSettings, storeSettings } from '@wag/service'
import { type Static } from 'typebox'

export const ConfigSchema = pickSettings(
  ...storeSettings,
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
  'ALARM_QUARANTINE_COUNT'
)

export type Config = Static<typeof ConfigSchema>
