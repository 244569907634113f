import { setFlagsFromString } from 'node:v8'

// Before anything is loaded: what is read of a file is garbage at once, and V8 leaves four times the size of its young
// generation of it lying about. Kept small, a process that fetches large files has 70 MB less.
setFlagsFromString('--semi-space-growth-factor=1')

const { run } = await import('@wag/service')
const { buildApp } = await import('./app.ts')
const { ConfigSchema } = await import('./config.ts')

await run({ name: 'ingest', schema: ConfigSchema, port: 'INGEST_PORT', buildApp })
