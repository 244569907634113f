import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { type Command, findProgram } from './command.ts'
import { debianRedis } from './debian-redis.ts'

/** Where a Redis came from: PATH, Debian's unpacked package, or the JavaScript one that is only a stopgap. */
export type RedisKind = 'path' | 'debian' | 'javascript'

/** Shared by `npm start` and `npm test`, and gone with node_modules. */
const cacheDir = join(import.meta.dirname, '../../../node_modules/.cache/wag')

// BullMQ's scripts use commands that came with Redis 6.2.
const oldestVersion = 6.2

/** The best Redis that this machine has to offer, of the kinds asked for. */
export async function findRedis(
  kinds: readonly RedisKind[] = ['path', 'debian', 'javascript']
): Promise<{ kind: RedisKind; command: Command }> {
  for (const kind of kinds) {
    const command = await finders[kind]()
    if (command !== undefined) return { kind, command }
  }
  throw new Error('No Redis could be found on this machine: set REDIS_URL to one')
}

const finders: Record<RedisKind, () => Promise<Command | undefined>> = {
  async path() {
    const file = ['redis-server', 'valkey-server'].map(findProgram).find((path) => path !== undefined && isUsable(path))
    return file === undefined ? undefined : { file, args: [] }
  },
  debian: () => debianRedis(cacheDir),
  async javascript() {
    return {
      file: process.execPath,
      args: [join(import.meta.dirname, 'javascript-redis.ts')]
    }
  }
}

function isUsable(file: string): boolean {
  const version = /v=(\d+\.\d+)/.exec(execFileSync(file, ['--version'], { encoding: 'utf8' }))?.[1]
  return version !== undefined && Number.parseFloat(version) >= oldestVersion
}
