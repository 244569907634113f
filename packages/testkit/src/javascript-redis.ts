import { readFileSync } from 'node:fs'
import { createRedisServer } from 'js-redis-server'

// Run as a process of its own with the path of a redis.conf, like the real one. It knows no password and keeps nothing.
const port = Number(/^port (\d+)$/m.exec(readFileSync(process.argv[2] ?? 'redis.conf', 'utf8'))?.[1])
const server = await createRedisServer({ port })
process.once('SIGTERM', () => void server.close())
process.stdout.write('Ready to accept connections\n')
