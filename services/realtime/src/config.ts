import { pickSettings, storeSettings } from '@wag/service'
import { type Static } from 'typebox'

export const ConfigSchema = pickSettings(...storeSettings, 'REALTIME_PORT', 'REALTIME_TRANSPORTS', 'REALTIME_ORIGINS')

export type Config = Static<typeof ConfigSchema>
