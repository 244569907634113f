import { pickSettings } from '@wag/service/bare'
import { type Static } from 'typebox'

export const ConfigSchema = pickSettings(
  'HOST',
  'LOG_LEVEL',
  'SIMULATOR_PORT',
  'WHATSAPP_ACCESS_TOKEN',
  'WHATSAPP_VERSION',
  'WHATSAPP_FROM_PHONE_NUMBER_ID',
  'WHATSAPP_APP_SECRET',
  'SIMULATOR_WEBHOOK_URL',
  'SIMULATOR_SEED',
  'SIMULATOR_LATENCY_MS',
  'SIMULATOR_SENT_DELAY_MS',
  'SIMULATOR_DELIVERED_DELAY_MS',
  'SIMULATOR_READ_DELAY_MS'
)

export type Config = Static<typeof ConfigSchema>
