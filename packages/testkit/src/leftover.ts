import { readFile, readlink, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from './eventually.ts'

/**
 * Ends the server that an earlier, killed run may have left on this data folder. A process counts as that server only
 * when it stands in this very folder: a process id alone may long belong to somebody else, and then its file is removed.
 */
export async function stopLeftover(dataDir: string, pidFile: string, signal: NodeJS.Signals): Promise<void> {
  const path = join(dataDir, pidFile)
  const pid = Number.parseInt(await readFile(path, 'utf8').catch(() => ''), 10)
  if (!(pid > 0) || !isAlive(pid)) return
  if (!(await standsIn(pid, dataDir))) return await rm(path, { force: true })
  process.kill(pid, signal)
  await eventually(() => !isAlive(pid), { timeoutMs: 5_000 }).catch(() => process.kill(pid, 'SIGKILL'))
  await eventually(() => !isAlive(pid))
}

async function standsIn(pid: number, dataDir: string): Promise<boolean> {
  // Not readable: it belongs to another user, who could not have started a server on our folder.
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined)
  return folder === (await realpath(dataDir))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
