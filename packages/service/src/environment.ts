// What a program needs that is configured like a service and is none: no server, no stores.
export { ConfigError, loadConfig } from './config.ts'
export { errorOf } from './log.ts'
export { developmentSettings, pickSettings, settings } from './settings.ts'
