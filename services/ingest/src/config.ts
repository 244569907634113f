import { pickSettings, storeSettings } from '@wag/service'
import { type Static } from 'typebox'

export const ConfigSchema = pickSettings(...storeSettings, 'INGEST_PORT', 'SWEEP_INTERVAL_MS')

export type Config = Static<typeof ConfigSchema>
