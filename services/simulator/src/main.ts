import { run } from '@wag/service/bare'
import { buildApp } from './app.ts'
import { ConfigSchema } from './config.ts'

await run({ name: 'simulator', schema: ConfigSchema, port: 'SIMULATOR_PORT', buildApp })
