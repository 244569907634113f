import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Command } from './command.ts'

const run = promisify(execFile)
const timeoutMs = 60_000
const packages = ['redis-tools', 'libjemalloc2', 'liblzf1']
// Part of any usual Debian, though not of the slimmest images.
const morePackages = ['libssl3', 'libsystemd0', 'libatomic1', 'libcap2', 'libgcrypt20', 'libgpg-error0', 'liblz4-1']

/**
 * Debian's redis-server, unpacked into `cacheDir` and not installed, which needs no rights: redis-tools carries the
 * server under the name redis-check-rdb (the program looks at its own name). Undefined where there is no apt or no net.
 */
export async function debianRedis(cacheDir: string): Promise<Command | undefined> {
  const folder = join(cacheDir, 'redis')
  if ((await stat(folder).catch(() => undefined)) !== undefined) return redisIn(folder)
  await mkdir(cacheDir, { recursive: true })
  const work = await mkdtemp(join(cacheDir, 'redis-'))
  try {
    await unpack(work, packages)
    await copyFile(join(work, 'usr/bin/redis-check-rdb'), join(work, 'usr/bin/redis-server'))
    if (!(await runs(await redisIn(work)))) await unpack(work, morePackages)
    if (!(await runs(await redisIn(work)))) return undefined
    // Another process may have been faster; its copy is as good.
    await rename(work, folder).catch(() => undefined)
    return await redisIn(folder)
  } catch {
    // No apt, no net, another distribution: the caller has one more way, and says which one it took.
    return undefined
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function unpack(work: string, names: string[]): Promise<void> {
  await download(work, names)
  for (const file of await readdir(work)) {
    if (!file.endsWith('.deb')) continue
    await run('dpkg-deb', ['-x', file, '.'], { cwd: work })
    await rm(join(work, file))
  }
}

/** With the machine's package lists when they are there and fresh, else with lists of our own. */
async function download(work: string, names: string[]): Promise<void> {
  const options = { cwd: work, timeout: timeoutMs }
  const quick = ['-o', 'Acquire::http::Timeout=10', '-o', 'Acquire::Retries=1', '-o', 'APT::Sandbox::User=root']
  try {
    await run('apt-get', [...quick, 'download', ...names], options)
  } catch {
    const state = join(work, 'apt')
    await mkdir(join(state, 'lists/partial'), { recursive: true })
    await mkdir(join(state, 'cache/archives/partial'), { recursive: true })
    const dirs = [
      `Dir::State=${state}`,
      `Dir::Cache=${join(state, 'cache')}`,
      'Dir::State::status=/var/lib/dpkg/status'
    ]
    const own = [...quick, ...dirs.flatMap((dir) => ['-o', dir])]
    await run('apt-get', [...own, 'update'], options)
    await run('apt-get', [...own, 'download', ...names], options)
    await rm(state, { recursive: true })
  }
}

async function redisIn(folder: string): Promise<Command> {
  const lib = join(folder, 'usr/lib')
  const architecture = (await readdir(lib)).find((name) => name.endsWith('-linux-gnu')) ?? ''
  return {
    file: join(folder, 'usr/bin/redis-server'),
    args: [],
    env: { LD_LIBRARY_PATH: join(lib, architecture) }
  }
}

async function runs({ file, env }: Command): Promise<boolean> {
  return await run(file, ['--version'], {
    env: { ...process.env, ...env }
  }).then(
    () => true,
    () => false
  )
}
