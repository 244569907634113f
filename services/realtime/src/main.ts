import { run } from '@wag/service'
import { buildApp } from './app.ts'
import { ConfigSchema } from './config.ts'

await run({ name: 'realtime', schema: ConfigSchema, port: 'REALTIME_PORT', buildApp })
