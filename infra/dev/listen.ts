import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { io } from 'socket.io-client'
import { loadSettings, urlOf } from './settings.ts'

const settings = loadSettings()
const token = settings.env.API_KEY ?? (await readFile(join(settings.dataDir, 'api-key'), 'utf8')).trim()
const url = urlOf(settings, 'realtime')

// The first thing to see when the realtime service is not there, and again after each break.
const socket = io(url, { transports: ['websocket'], auth: { token } })
socket.on('connect_error', (error) => process.stderr.write(`${url}: ${error.message}\n`))
socket.on('connect', () => {
  socket.emit('subscribe', { tenant: true }, (answer: unknown) => process.stderr.write(`${JSON.stringify(answer)}\n`))
})
socket.on('event', (event: unknown) => process.stdout.write(`${JSON.stringify(event)}\n`))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => socket.close())
