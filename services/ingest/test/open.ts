import { connectRedis, openQueues } from '@wag/bus'
import { createId, defaultTenantId } from '@wag/contracts'
import { connect, type Db, ensureTenant, saveDefaultNumber, storeWebhooks } from '@wag/db'
import { type App } from '@wag/service'
import { createTestDatabase, createTestRedis, eventually, type TestContext } from '@wag/testkit'
import { buildApp } from '../src/app.ts'
import { type Config } from '../src/config.ts'
import { phoneNumberId } from './bodies.ts'

export const tenantId = defaultTenantId
export const accessToken = 'EAAGtoken'
export const encryptionKey = '00'.repeat(32)

export type Bench = { config: Config; db: Db; ring: (ids: string[], bytes: number) => Promise<void> }

/** A ledger with a number, and its queue; no ingest yet. */
export async function openBench(t: TestContext, changes: Partial<Config> = {}): Promise<Bench> {
  const redis = changes.REDIS_URL ? { url: changes.REDIS_URL, prefix: 'test' } : await createTestRedis(t)
  const config: Config = {
    HOST: '127.0.0.1',
    LOG_LEVEL: 'silent',
    SHUTDOWN_GRACE_MS: 1_000,
    INGEST_PORT: 0,
    SWEEP_INTERVAL_MS: 100,
    INBOX_DAYS: 14,
    EVENT_DAYS: 90,
    ALARM_INTERVAL_MS: 15_000,
    ALARM_STATUS_S: 600,
    ALARM_STATUS_COUNT: 5,
    ALARM_STATUS_PERCENT: 20,
    ALARM_SILENCE_S: 600,
    ALARM_INBOX_S: 60,
    ALARM_PARKED_S: 3_600,
    ALARM_PARKED_COUNT: 100,
    ALARM_QUARANTINE_COUNT: 1,
    ENCRYPTION_KEY: encryptionKey,
    GRAPH_URL: 'http://127.0.0.1:1',
    GRAPH_TIMEOUT_MS: 5_000,
    WHATSAPP_VERSION: 'v24.0',
    MEDIA_DIR: '',
    MEDIA_S3_BUCKET: '',
    MEDIA_S3_ENDPOINT: '',
    MEDIA_S3_REGION: 'us-east-1',
    MEDIA_S3_ACCESS_KEY_ID: '',
    MEDIA_S3_SECRET_ACCESS_KEY: '',
    MEDIA_BYTES_MAX: 104_857_600,
    MEDIA_CONCURRENCY: 4,
    MEDIA_TIMEOUT_MS: 60_000,
    DATABASE_URL: changes.DATABASE_URL ?? (await createTestDatabase(t)),
    DATABASE_POOL_MAX: 6,
    REDIS_URL: redis.url,
    REDIS_PREFIX: redis.prefix,
    ...changes
  }
  const db = connect({ url: config.DATABASE_URL, poolMax: 4, applicationName: 'test' })
  t.teardown(() => db.destroy())
  await ensureTenant(db, { id: tenantId, name: 'default' })
  await saveDefaultNumber(db, { id: phoneNumberId, tenantId }, accessToken, encryptionKey)
  return { config, db, ring: openBell(t, config) }
}

function openBell(t: TestContext, { REDIS_URL: url, REDIS_PREFIX: prefix }: Config): Bench['ring'] {
  const onError = (): void => undefined
  const redis = connectRedis({ url, name: 'test', onError })
  t.teardown(() => redis.disconnect())
  const queues = openQueues({ redis, prefix, onError })
  return (ids, bytes) => eventually(() => queues.ringIngest({ ids, bytes }).then(() => true)).then(() => undefined)
}

export async function openIngest(t: TestContext, { config }: Bench): Promise<App> {
  const app = await buildApp(config)
  t.teardown(() => app.close())
  await app.ready()
  return app
}

/** Stores bodies as the gateway does, in one commit, and returns their ids; nobody is rung. */
export async function store({ db }: Bench, bodies: Buffer[]): Promise<string[]> {
  const webhooks = bodies.map((body) => ({ id: createId(), tenantId, body }))
  await storeWebhooks(db, webhooks)
  return webhooks.map(({ id }) => id)
}

/** Stores bodies and rings for them, like the gateway. */
export async function post(bench: Bench, bodies: Buffer[]): Promise<string[]> {
  const ids = await store(bench, bodies)
  await bench.ring(
    ids,
    bodies.reduce((sum, { length }) => sum + length, 0)
  )
  return ids
}

/** Waits until no webhook is left to do. */
export function settle({ db }: Bench, timeoutMs = 10_000): Promise<boolean> {
  return eventually(
    async () => (await db.selectFrom('inbox').select('id').where('processed_at', 'is', null).execute()).length === 0,
    { timeoutMs }
  )
}

/** What the ledger holds in the end. */
export async function read({ db }: Bench) {
  const [messages, statuses, contacts, quarantine, events] = await Promise.all([
    db.selectFrom('messages').selectAll().orderBy('at').orderBy('id').execute(),
    db.selectFrom('statuses').selectAll().execute(),
    db.selectFrom('contacts').selectAll().orderBy('id').execute(),
    db.selectFrom('quarantine').selectAll().orderBy('id').execute(),
    db.selectFrom('events').selectAll().orderBy('seq').execute()
  ])
  return { messages, statuses, contacts, quarantine, events }
}
