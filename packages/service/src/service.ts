import { checkRedis, connectRedis, type RedisOptions } from '@wag/bus'
import { checkLedger, connect, type Db } from '@wag/db'
import { createAuthenticator } from './authenticator.ts'
import { type Checks } from './health.ts'
import { type App, buildShell } from './shell.ts'

export type ServiceConfig = {
  LOG_LEVEL: string
  DATABASE_URL: string
  DATABASE_POOL_MAX: number
  REDIS_URL: string
  REDIS_PREFIX: string
}

/** The settings of a service with stores. */
export const storeSettings = ['DATABASE_URL', 'DATABASE_POOL_MAX', 'REDIS_URL', 'REDIS_PREFIX'] as const

export type Service = {
  app: App
  db: Db
  /** For commands; see `connectRedis`. */
  redis: ReturnType<typeof connectRedis>
  /** For further connections of the same process. */
  redisOptions: RedisOptions & { prefix: string }
}

export type ServiceOptions = {
  name: string
  config: ServiceConfig
  /** How long a statement may take, in milliseconds. */
  statementTimeoutMs?: number
  /** How long to wait for a connection to the ledger, in milliseconds. */
  connectTimeoutMs?: number
  checks?: Checks
}

/** Failing connections are told of this often, in milliseconds. */
const quietMs = 10_000

/** A service on both stores. They are closed last, after all that uses them. */
export async function buildService(options: ServiceOptions): Promise<Service> {
  const { name, config } = options
  // The logger exists only with the app, and the app needs the stores: errors before that have nowhere to go but later.
  let app: App | undefined
  let quietUntil = 0
  const onError = (error: Error): void => {
    // Every connection of the process says so at every try: one line in a while is enough.
    if (Date.now() < quietUntil) return
    quietUntil = Date.now() + quietMs
    app?.log.warn({ err: error }, 'a store connection failed')
  }

  const db = connect({
    url: config.DATABASE_URL,
    poolMax: config.DATABASE_POOL_MAX,
    applicationName: `wag-${name}`,
    onError,
    ...(options.connectTimeoutMs !== undefined && { connectTimeoutMs: options.connectTimeoutMs }),
    ...(options.statementTimeoutMs !== undefined && { timeoutMs: options.statementTimeoutMs })
  })
  const redisOptions = { url: config.REDIS_URL, name: `wag-${name}`, prefix: config.REDIS_PREFIX, onError }
  const redis = connectRedis(redisOptions)

  const checks: Checks = {
    postgres: () => checkLedger(db),
    redis: () => checkRedis(redis, `${config.REDIS_PREFIX}:health:${name}`),
    ...options.checks
  }
  app = await buildShell({ name, config, checks, authenticate: createAuthenticator(db) })
  app.addHook('onClose', async () => {
    await db.destroy()
    redis.disconnect()
  })
  return { app, db, redis, redisOptions }
}
