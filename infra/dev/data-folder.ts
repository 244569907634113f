import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { Failure, fileFailure } from './failure.ts'

const megabyte = 1024 * 1024
// A new PostgreSQL cluster takes 40 MB, its log grows by steps of 16 MB.
const freeBytesMin = 128 * megabyte

/** Makes the data folder and sees that it can be written to; throws a Failure that says what is wrong with it. */
export async function openDataFolder(dataDir: string): Promise<void> {
  const probe = join(dataDir, '.probe')
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
    await writeFile(probe, Buffer.alloc(megabyte), { flush: true })
    await rm(probe)
  } catch (error) {
    await rm(probe, { force: true }).catch(() => undefined)
    throw fileFailure(dataDir, error)
  }
  const { bavail, bsize } = await statfs(dataDir)
  if (bavail * bsize >= freeBytesMin) return
  const left = Math.floor((bavail * bsize) / megabyte)
  const need = freeBytesMin / megabyte
  throw new Failure(`The disk of ${dataDir} is full: ${left} MB are left and ${need} MB are needed to start.`)
}

/**
 * Holds the data folder for this process alone; closing the result gives it back. An abstract socket: the kernel frees
 * it when its process ends, however that happens, so there is no stale lock file to judge.
 */
export async function lockDataFolder(dataDir: string): Promise<Server> {
  const { dev, ino } = await stat(dataDir)
  const name = createHash('sha256').update(`${dev}:${ino}`).digest('hex').slice(0, 16)
  const lock = createServer().listen(`\0wag-start-${name}`)
  try {
    await once(lock, 'listening')
  } catch (cause) {
    throw new Failure(
      `Another npm start is running on ${dataDir}: stop it, or set DATA_DIR (and the ports) to run two side by side.`,
      { cause }
    )
  }
  return lock
}
