import { run } from '@wag/service'
import { buildApp } from './app.ts'
import { ConfigSchema } from './config.ts'

await run({ name: 'sender', schema: ConfigSchema, port: 'SENDER_PORT', buildApp })
