import { pickSettings, storeSettings } from '@wag/service'
import { type Static } from 'typebox'

export const ConfigSchema = pickSettings(
  ...storeSettings,
  'REALTIME_PORT',
  'REALTIME_TRANSPORTS',
  'REALTIME_ORIGINS',
  'REALTIME_CONNECTIONS_MAX',
  'REALTIME_CONNECTIONS_PER_KEY_MAX',
  'REALTIME_CONNECTIONS_PER_ADDRESS_MAX',
  'REALTIME_FRAMES_PER_S',
  'REALTIME_BUFFER_BYTES_MAX',
  'REALTIME_BACKFILL_EVENTS_MAX'
)

export type Config = Static<typeof ConfigSchema>
