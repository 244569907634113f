import { mkdir, realpath, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { endWithParent } from './command.ts'
import { findRedis, type RedisKind } from './find-redis.ts'
import { freePort } from './free-port.ts'
import { stopLeftover } from './leftover.ts'
import { type Server, startServerProcess } from './server-process.ts'

/** What `startRedis` needs to know. */
export type RedisOptions = {
  /** Its folder, made when missing. */
  dataDir: string
  /** None asks for none. */
  password?: string
  /** Any free one by default. */
  port?: number
  /** True keeps an append-only file, written to disk every second. */
  durable?: boolean
  /** Which kinds to try, best first. */
  kinds?: readonly RedisKind[]
  /** Called with every line the server prints. */
  log?: (line: string) => void
}

const pidFile = 'redis.pid'

/**
 * Starts a Redis (or Valkey) on a folder: the machine's own, else Debian's unpacked one, else one in JavaScript, which
 * is told through `log` and `kind`. Never evicts: a full Redis has to refuse a job, not drop one.
 */
export async function startRedis(options: RedisOptions): Promise<Server & { kind: RedisKind }> {
  const { log = () => undefined } = options
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 })
  const dataDir = await realpath(options.dataDir)
  await stopLeftover(dataDir, pidFile, 'SIGTERM')
  const { kind, command } = await findRedis(options.kinds)
  if (kind === 'javascript') {
    log('WARNING: no redis-server was found and none could be downloaded. A slow stand-in in JavaScript is used, which')
    log('WARNING: keeps nothing on disk and does not ask for the password. Install redis-server, or set REDIS_URL.')
  }
  const port = options.port ?? (await freePort())
  const configFile = join(dataDir, 'redis.conf')
  // In a file that only we may read: arguments are shown to everyone on the machine.
  await writeFile(configFile, config({ ...options, port }), { mode: 0o600 })
  const server = await startServerProcess({
    name: 'Redis',
    command: endWithParent({ ...command, args: [...command.args, configFile] }, 'TERM'),
    dataDir,
    readyText: 'Ready to accept connections',
    stopSignals: ['SIGTERM', 'SIGKILL'],
    log
  })
  await writeFile(join(dataDir, pidFile), String(server.pid))
  const auth =
    options.password === undefined || kind === 'javascript' ? '' : `:${encodeURIComponent(options.password)}@`
  return { ...server, kind, port, url: `redis://${auth}127.0.0.1:${port}` }
}

function config({ port, password, durable = false }: RedisOptions & { port: number }): string {
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    'maxmemory-policy noeviction',
    'save ""',
    `appendonly ${durable ? 'yes' : 'no'}`,
    'appendfsync everysec'
  ]
  if (password !== undefined) lines.push(`requirepass ${JSON.stringify(password)}`)
  return `${lines.join('\n')}\n`
}
