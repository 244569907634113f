import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { asOrdinaryUser } from './ordinary-user.ts'
import { postgresVersion } from './postgres-binaries.ts'

type Cluster = {
  dataDir: string
  password: string
  durable: boolean
  binaries: string
}

/** Makes the data folder when there is none, and throws one clear sentence when it is not ours to use. */
export async function prepareCluster(cluster: Cluster): Promise<void> {
  const { dataDir } = cluster
  const entries = await readdir(dataDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  if (entries.length === 0) return await createCluster(cluster)
  const version = await readFile(join(dataDir, 'PG_VERSION'), 'utf8').catch(() => undefined)
  if (version === undefined) throw new Error(`${dataDir} is not a PostgreSQL data folder: it has no PG_VERSION`)
  if (version.trim() === postgresVersion) return
  const found = /^[\d.]+$/.test(version.trim()) ? `PostgreSQL ${version.trim()}` : 'no version that can be read'
  throw new Error(`${dataDir} was made by ${found}, and this one is PostgreSQL ${postgresVersion}`)
}

/** Made aside and renamed: a run that is killed half-way leaves no half cluster under the real name. */
async function createCluster({ dataDir, password, durable, binaries }: Cluster): Promise<void> {
  const folder = `${dataDir}.creating`
  await rm(folder, { recursive: true, force: true })
  await mkdir(join(folder, 'cluster'), { recursive: true, mode: 0o700 })
  const passwordFile = join(folder, 'password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  const initdb = {
    file: join(binaries, 'initdb'),
    args: [
      `--pgdata=${join(folder, 'cluster')}`,
      `--pwfile=${passwordFile}`,
      '--username=postgres',
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      ...(durable ? [] : ['--no-sync'])
    ]
  }
  const { file, args } = await asOrdinaryUser(initdb, folder)
  try {
    await promisify(execFile)(file, args, { cwd: folder })
  } catch (cause) {
    const { stderr = '' } = cause as { stderr?: string }
    const reason = stderr.split('\n').find((line) => /error|FATAL|PANIC/.test(line)) ?? String(cause)
    throw new Error(`PostgreSQL could not make its data folder: ${reason}`, { cause })
  }
  await rm(dataDir, { recursive: true, force: true })
  await rename(join(folder, 'cluster'), dataDir)
  await rm(folder, { recursive: true, force: true })
}
