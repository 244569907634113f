import { developmentSettings, settings } from '@wag/service/environment'
import { ConfigSchema as gateway } from '../../services/gateway/src/config.ts'
import { ConfigSchema as ingest } from '../../services/ingest/src/config.ts'
import { ConfigSchema as realtime } from '../../services/realtime/src/config.ts'
import { ConfigSchema as sender } from '../../services/sender/src/config.ts'
import { ConfigSchema as simulator } from '../../services/simulator/src/config.ts'

type Schema = { default?: string | number; description?: string }

/** Every setting of the services and of `npm start`, by name. */
export const knownSettings = new Map(Object.entries({ ...settings, ...developmentSettings } as Record<string, Schema>))

/** Which settings each service reads. */
export const settingsOf = new Map<string, string[]>(
  Object.entries<{ properties: object }>({ gateway, sender, ingest, realtime, simulator }).map(
    ([name, { properties }]) => [name, Object.keys(properties)]
  )
)

/** The default of a setting as it is written in an environment; empty where it has none. */
export function defaultOf(name: string): string {
  return String(knownSettings.get(name)?.default ?? '')
}
