import { join } from 'node:path'
import { startPostgres, startRedis } from '@wag/testkit'
import { Failure } from './failure.ts'
import { type Kept, keepRunning } from './keep-running.ts'
import { storePort } from './ports.ts'
import { print, say } from './say.ts'
import { remedy, type Secrets } from './secrets.ts'
import { type Settings } from './settings.ts'

/** A store that runs, and the variable that tells the services where. */
export type Store = { kept: Kept; variable: 'DATABASE_URL' | 'REDIS_URL'; url: string }

/** Starts the embedded PostgreSQL on the data folder. */
export async function startOwnPostgres(settings: Settings, { POSTGRES_PASSWORD: password }: Secrets): Promise<Store> {
  const port = await storePort(settings, 'postgres')
  const dataDir = join(settings.dataDir, 'postgres')
  let url = ''
  const start = async () => {
    const server = await startPostgres({
      dataDir,
      port,
      password,
      log: showIf(/^(WARNING|ERROR|FATAL|PANIC):/, 'postgres')
    })
    url = server.url
    return server
  }
  const kept = await keepRunning('postgres', start).catch((error: Error) => {
    if ('code' in error && error.code === '28P01') {
      throw new Failure(
        `The password in ${settings.dataDir}/secrets.json is not that of its database. ${remedy(settings.dataDir)}`
      )
    }
    throw storeFailure(error, settings)
  })
  say(`PostgreSQL 18 is ready on port ${port}`)
  return { kept, variable: 'DATABASE_URL', url }
}

/** Starts Redis on the data folder; which one is told by what it says. */
export async function startOwnRedis(settings: Settings, { REDIS_PASSWORD: password }: Secrets): Promise<Store> {
  const port = await storePort(settings, 'redis')
  const dataDir = join(settings.dataDir, 'redis')
  let started: Awaited<ReturnType<typeof startRedis>> | undefined
  const start = async () => {
    started = await startRedis({ dataDir, port, password, durable: true, log: showIf(redisTrouble, 'redis') })
    return started
  }
  const kept = await keepRunning('redis', start).catch((error: Error) => {
    throw storeFailure(error, settings)
  })
  const from = { path: 'from PATH', debian: "Debian's, unpacked", javascript: 'the slow stand-in' }
  say(`Redis (${from[started?.kind ?? 'path']}) is ready on port ${port}`)
  return { kept, variable: 'REDIS_URL', url: started?.url ?? '' }
}

const redisTrouble = /^WARNING: |^\d+:\w .* # (?!.*overcommit).*(error|fail|denied|space|fatal|bad file)/i

function showIf(pattern: RegExp, name: string): (line: string) => void {
  return (line) => {
    if (pattern.test(line)) print(name, line)
  }
}

function storeFailure(error: Error, { dataDir }: Settings): Failure {
  const sentence = error.message.replace(/\.?\s*$/, '.')
  const hint = /No space left/i.test(sentence)
    ? 'The disk is full: free some space, or set DATA_DIR to a folder on another disk.'
    : remedy(dataDir)
  return new Failure(`${sentence} ${hint}`, { cause: error })
}
