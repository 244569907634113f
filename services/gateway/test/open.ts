import { randomBytes } from 'node:crypto'
import { openPublisher } from '@wag/bus'
import { createId, defaultTenantId, type MetaError } from '@wag/contracts'
import {
  acceptMessages,
  connect,
  type Db,
  ensureTenant,
  listContacts,
  recordOutcomes,
  saveBootstrapKey,
  saveDefaultNumber
} from '@wag/db'
import { type App, buildService } from '@wag/service'
import { createTestDatabase, createTestRedis, eventually, type TestContext } from '@wag/testkit'
import { buildApp } from '../src/app.ts'
import { type Config } from '../src/config.ts'

export const tenantId = defaultTenantId
export const phoneNumberId = '106540352242922'
export const appSecret = 'an app secret'
export const verifyToken = 'a verify token'
export const encryptionKey = randomBytes(32).toString('hex')
export const apiKey = randomBytes(24).toString('base64url')
export const authorization = `Bearer ${apiKey}`

/** Stores of the test's own, or servers that it may stop. */
export async function configOf(t: TestContext, changes: Partial<Config> = {}): Promise<Config> {
  const redis = changes.REDIS_URL ? { url: changes.REDIS_URL, prefix: 'test' } : await createTestRedis(t)
  return {
    HOST: '127.0.0.1',
    LOG_LEVEL: 'silent',
    SHUTDOWN_GRACE_MS: 1_000,
    GATEWAY_PORT: 0,
    DATABASE_URL: changes.DATABASE_URL ?? (await createTestDatabase(t)),
    DATABASE_POOL_MAX: 6,
    REDIS_URL: redis.url,
    REDIS_PREFIX: redis.prefix,
    ENCRYPTION_KEY: encryptionKey,
    GRAPH_URL: 'http://127.0.0.1:1',
    GRAPH_TIMEOUT_MS: 2_000,
    WHATSAPP_VERSION: 'v24.0',
    WHATSAPP_APP_SECRET: appSecret,
    WHATSAPP_APP_SECRETS: '',
    SPOOL_DIR: '',
    SPOOL_BYTES_MAX: 1_073_741_824,
    WHATSAPP_VERIFY_TOKEN: verifyToken,
    SEND_WAIT_MS: 5_000,
    SEND_EXPIRES_S: 86_400,
    DEFAULT_COUNTRY: '',
    PUBLIC_URL: '',
    MEDIA_TEMP_DIR: '',
    MEDIA_UPLOADS_MAX: 16,
    MEDIA_LINK_TIMEOUT_MS: 10_000,
    MEDIA_LINK_ALLOW: '',
    MEDIA_DIR: '',
    MEDIA_S3_BUCKET: '',
    MEDIA_S3_ENDPOINT: '',
    MEDIA_S3_REGION: 'us-east-1',
    MEDIA_S3_ACCESS_KEY_ID: '',
    MEDIA_S3_SECRET_ACCESS_KEY: '',
    MEDIA_SHARE_S: 300,
    ...changes
  }
}

/** What `migrate` leaves: a tenant with its key and its number. */
export async function openLedger(t: TestContext, url: string): Promise<Db> {
  const db = connect({ url, poolMax: 4, applicationName: 'test' })
  t.teardown(() => db.destroy())
  await ensureTenant(db, { id: tenantId, name: 'default' })
  await saveBootstrapKey(db, tenantId, apiKey)
  await saveDefaultNumber(db, { id: phoneNumberId, tenantId }, 'a token', encryptionKey)
  return db
}

export type Gateway = { app: App; db: Db; config: Config }

/** A gateway on real stores, and no sender: tests end sends by hand. */
export async function openGateway(t: TestContext, changes: Partial<Config> = {}): Promise<Gateway> {
  const config = await configOf(t, changes)
  const db = await openLedger(t, config.DATABASE_URL)
  const app = await buildApp(config)
  t.teardown(() => app.close())
  return { app, db, config }
}

/** Accepts a text to a phone number as a gateway would, and rings for nobody. */
export async function acceptText(db: Db, digits: string, id: string): Promise<void> {
  const content = { type: 'text' as const, text: { body: 'first' } }
  const message = { id, tenantId, phoneNumberId, recipient: { kind: 'phone' as const, id: digits }, content }
  await acceptMessages(db, [{ id, tenantId, messages: [message] }])
}

/** Makes a contact, by a message to it, and returns its id. */
export async function addContact({ db }: Gateway, recipient: string): Promise<number> {
  await acceptText(db, recipient, createId())
  const contacts = await listContacts(db, tenantId, 0, 1_000)
  return contacts.find(({ waId }) => waId === recipient)?.id ?? 0
}

type Answer = { kind: 'sent'; wamid: string } | { kind: 'failed' | 'unknown'; error: MetaError } | { kind: 'expired' }

/** Does what a sender would with the newest queued message; `tell` rings the gateway that waits. */
export async function endSend({ db, config }: Gateway, answer: Answer, tell = true): Promise<string> {
  const queued = () =>
    db.selectFrom('messages').select('id').where('state', '=', 'queued').orderBy('id', 'desc').executeTakeFirst()
  const { id: messageId } = await eventually(queued)
  const claim = createId()
  await db.updateTable('messages').set({ state: 'sending', claim, attempts: 1 }).where('id', '=', messageId).execute()
  const { settledIds } = await recordOutcomes(db, [{ messageId, claim, ...answer }])
  if (tell) await ring(config, settledIds)
  return messageId
}

async function ring(config: Config, messageIds: string[]): Promise<void> {
  const { app, redis } = await buildService({ name: 'hints', config })
  try {
    const publisher = openPublisher({ redis, prefix: config.REDIS_PREFIX })
    await eventually(() => publisher.sendsEnded({ messageIds }).then(() => true))
  } finally {
    await app.close()
  }
}
