import { run } from '@wag/service'
import { buildApp } from './app.ts'
import { ConfigSchema } from './config.ts'

await run({ name: 'gateway', schema: ConfigSchema, port: 'GATEWAY_PORT', buildApp })
