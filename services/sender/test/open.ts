import { randomBytes } from 'node:crypto'
import { connectRedis, openQueues, type PairLimit } from '@wag/bus'
import { createId, defaultTenantId, type MessageState } from '@wag/contracts'
import { acceptMessages, connect, type Db, ensureTenant, type NewMessage, saveDefaultNumber } from '@wag/db'
import { type App } from '@wag/service'
import { createTestDatabase, createTestRedis, eventually, type TestContext } from '@wag/testkit'
import { buildApp } from '../src/app.ts'
import { type Config } from '../src/config.ts'

export const tenantId = defaultTenantId
export const phoneNumberId = '106540352242922'
export const encryptionKey = randomBytes(32).toString('hex')

export type Bench = { config: Config; db: Db; ring: (phoneNumberIds?: string[]) => Promise<void> }

/** A ledger with a number, and its queue; no sender yet. */
export async function openBench(t: TestContext, changes: Partial<Config> & { GRAPH_URL: string }): Promise<Bench> {
  const redis = changes.REDIS_URL ? { url: changes.REDIS_URL, prefix: 'test' } : await createTestRedis(t)
  const config: Config = {
    HOST: '127.0.0.1',
    LOG_LEVEL: 'silent',
    SHUTDOWN_GRACE_MS: 1_000,
    SENDER_PORT: 0,
    SENDER_CONCURRENCY: 50,
    SEND_RATE_DEFAULT: 1_000,
    UNKNOWN_ALERT_S: 300,
    UNKNOWN_RESEND_S: 30,
    SWEEP_INTERVAL_MS: 100,
    CLAIM_TTL_MS: 60_000,
    DATABASE_URL: changes.DATABASE_URL ?? (await createTestDatabase(t)),
    DATABASE_POOL_MAX: 6,
    REDIS_URL: redis.url,
    REDIS_PREFIX: redis.prefix,
    ENCRYPTION_KEY: encryptionKey,
    GRAPH_TIMEOUT_MS: 2_000,
    WHATSAPP_VERSION: 'v24.0',
    ...changes
  }
  const db = connect({ url: config.DATABASE_URL, poolMax: 4, applicationName: 'test' })
  t.teardown(() => db.destroy())
  await ensureTenant(db, { id: tenantId, name: 'default' })
  await saveDefaultNumber(db, { id: phoneNumberId, tenantId }, 'EAAGtoken', encryptionKey)
  return { config, db, ring: openBell(t, config) }
}

function openBell(t: TestContext, { REDIS_URL: url, REDIS_PREFIX: prefix }: Config): Bench['ring'] {
  const onError = (): void => undefined
  const redis = connectRedis({ url, name: 'test', onError })
  t.teardown(() => redis.disconnect())
  const queues = openQueues({ redis, prefix, onError })
  return (phoneNumberIds = [phoneNumberId]) =>
    eventually(() => queues.ringSend(phoneNumberIds).then(() => true)).then(() => undefined)
}

export async function openSender(t: TestContext, { config }: Bench, pair?: PairLimit): Promise<App> {
  const app = await buildApp(config, pair ? { pair } : {})
  t.teardown(() => app.close())
  await app.ready()
  return app
}

/** A number that can send, with its token. */
export async function addNumber({ db }: Bench, id: string): Promise<void> {
  await saveDefaultNumber(db, { id, tenantId }, `EAAG${id}`, encryptionKey)
}

/** Commits messages with these texts, and returns their ids; nobody is rung. */
export async function accept(
  { db }: Bench,
  bodies: string[],
  changes: Partial<NewMessage> | ((index: number) => Partial<NewMessage>) = {}
): Promise<string[]> {
  const messages = bodies.map((body, index) => ({
    id: createId(),
    tenantId,
    phoneNumberId,
    recipient: recipientOf(index % 100),
    content: { type: 'text' as const, text: { body } },
    ...(typeof changes === 'function' ? changes(index) : changes)
  }))
  await acceptMessages(db, [{ id: createId(), tenantId, messages }])
  return messages.map(({ id }) => id)
}

/** One of many customers. */
export function recipientOf(index: number): NewMessage['recipient'] {
  return { kind: 'phone', id: String(491_700_000_000 + index) }
}

export const texts = (count: number): string[] => Array.from({ length: count }, (_, index) => `text ${index}`)

export function rowOf({ db }: Bench, id: string) {
  return db.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

/** Waits until every message is in one of these states. */
export function settle({ db }: Bench, states: MessageState[], timeoutMs = 10_000): Promise<boolean> {
  return eventually(
    async () => {
      const rows = await db.selectFrom('messages').select('state').distinct().execute()
      const others = rows.filter(({ state }) => !states.includes(state))
      if (others.length > 0) throw new Error(`still ${others.map(({ state }) => state).join()}`)
      return true
    },
    { timeoutMs }
  )
}
