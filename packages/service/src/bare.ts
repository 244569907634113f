// A service without stores: nothing of Postgres or Redis is loaded.
export { ConfigError, errorOf, loadConfig, pickSettings } from './environment.ts'
export { run } from './run.ts'
export type { App } from './shell.ts'
export { buildShell } from './shell.ts'
