import { run } from '@wag/service'
import { buildApp } from './app.ts'
import { ConfigSchema } from './config.ts'

await run({ name: 'ingest', schema: ConfigSchema, port: 'INGEST_PORT', buildApp })
