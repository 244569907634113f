import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { banner, warnings } from './banner.ts'
import { lockDataFolder, openDataFolder } from './data-folder.ts'
import { serviceEnvironment } from './environment.ts'
import { Failure } from './failure.ts'
import { type Kept } from './keep-running.ts'
import { checkServicePorts } from './ports.ts'
import { waitUntilReady } from './ready.ts'
import { createRunningList } from './running-list.ts'
import { print, say } from './say.ts'
import { loadSecrets } from './secrets.ts'
import { startNode, startService } from './services.ts'
import { loadSettings, urlOf } from './settings.ts'
import { startOwnPostgres, startOwnRedis } from './stores.ts'

const running = createRunningList()

/** From nothing to READY; every step that fails throws a Failure, and what runs by then is stopped. */
async function start(): Promise<void> {
  const settings = loadSettings()
  await openDataFolder(settings.dataDir)
  const lock = await lockDataFolder(settings.dataDir)
  running.onEnd(() => lock.close())
  await checkServicePorts(settings)
  const secrets = await loadSecrets(settings)
  const env = serviceEnvironment(settings, secrets)

  const warming = warmUp(env)
  for (const [variable, startStore] of [
    ['DATABASE_URL', startOwnPostgres],
    ['REDIS_URL', startOwnRedis]
  ] as const) {
    if (env[variable] !== undefined) continue
    const store = await startStore(settings, secrets)
    env[variable] = store.url
    await running.add(store.kept)
  }

  await warming
  await migrate(env)
  say('the database is migrated')

  const services: Kept[] = []
  for (const { name } of settings.services) services.push(await running.add(await startService(name, env)))
  await Promise.all(services.map((kept) => waitUntilReady(kept, urlOf(settings, kept.name), running.ending)))
  for (const line of warnings(settings)) print('wag', line)
  process.stdout.write(banner(settings, secrets))
}

/**
 * Compiles the services once after each installation, while the stores are being made: five processes that all do it
 * at the same time are slower to start and, for as long as they live, 16 MB bigger each.
 */
async function warmUp(env: Record<string, string>): Promise<void> {
  const stamp = join(env.NODE_COMPILE_CACHE ?? '', 'warm')
  if (env.NODE_COMPILE_CACHE === undefined || existsSync(stamp)) return
  const how = await runOnce('warm-up', 'infra/dev/warm-up.ts', env)
  // Only speed depends on it: what is wrong with a service is said by the service.
  if (how === 'exit code 0') await writeFile(stamp, '').catch(() => undefined)
}

async function runOnce(name: string, path: string, env: Record<string, string>): Promise<string> {
  const child = startNode(name, path, env)
  const forget = running.during(child)
  const how = await child.exited
  forget()
  return how
}

async function migrate(env: Record<string, string>): Promise<void> {
  const how = await runOnce('migrate', 'infra/migrate.ts', env)
  if (how !== 'exit code 0') throw new Failure(`The database could not be migrated (${how}): the lines above say why.`)
}

running.stopOnSignals()
try {
  await start()
} catch (error) {
  if (!running.ending.aborted) {
    process.exitCode = 1
    if (error instanceof Failure) print('wag', error.message)
    else console.error(error)
    await running.end()
  }
}
