import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Why no small disk can be had here, where none can. */
export async function whyNoDisk(): Promise<string | undefined> {
  try {
    await withDisk({ megabytes: 1, uid: 0 }, async () => undefined)
    return undefined
  } catch {
    return 'mounting a small disk is not allowed here'
  }
}

/** A disk in memory of so many megabytes that belongs to a user, for as long as `work` takes. */
export async function withDisk<T>(
  { megabytes, uid }: { megabytes: number; uid: number },
  work: (folder: string) => Promise<T>
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'wag-disk-'))
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700,uid=${uid},gid=${uid}`, 'wag-disk', folder])
    try {
      return await work(folder)
    } finally {
      // Whoever still has a file of it open keeps that until it closes it.
      await run('umount', ['-l', folder])
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Makes a disk larger or smaller under those that use it. */
export async function resizeDisk(folder: string, megabytes: number): Promise<void> {
  await run('mount', ['-o', `remount,size=${megabytes}m`, folder])
}

/** Why processes cannot be traced here, where they cannot. */
export async function whyNoTrace(): Promise<string | undefined> {
  const child = spawn('sleep', ['0.5'], { stdio: 'ignore' })
  const ended = once(child, 'exit')
  const found = await run('strace', ['-qq', '-o', '/dev/null', '-p', String(child.pid)], { timeout: 10_000 }).then(
    () => undefined,
    (error: NodeJS.ErrnoException) =>
      error.code === 'ENOENT' ? 'there is no strace' : 'strace may not attach to processes here'
  )
  await ended
  return found
}

/** Does something to system calls of processes, as `strace -e inject=` has it, for as long as `work` takes. */
export async function withInjected(
  { pids, inject, follow }: { pids: number[]; inject: string; follow: boolean },
  work: () => Promise<void>
): Promise<void> {
  const calls = inject.split(':', 1)[0] ?? ''
  const attach = pids.flatMap((pid) => ['-p', String(pid)])
  const options = ['-qq', '-o', '/dev/null', '-e', `trace=${calls}`, '-e', `inject=${inject}`]
  const tracer = spawn('strace', [...(follow ? ['-f'] : []), ...options, ...attach], { stdio: 'ignore' })
  const ended = once(tracer, 'exit')
  try {
    await work()
  } finally {
    tracer.kill('SIGINT')
    await ended
  }
}
