import { randomBytes } from 'node:crypto'
import { connectPatientRedis } from '@wag/bus'
import { type EventData, type EventType } from '@wag/contracts'
import { appendEvents, connect, type Db, ensureTenant, saveBootstrapKey } from '@wag/db'
import { createTestDatabase, createTestRedis, type TestContext } from '@wag/testkit'
import { io, type Socket } from 'socket.io-client'
import { buildApp } from '../src/app.ts'
import { type Config } from '../src/config.ts'

export const tenantId = '00000000-0000-7000-8000-000000000001'

/** The stores of a test, a key for them, and a way to write events. */
export type Stage = {
  db: Db
  config: Config
  key: string
  /** Appends events, with a hint unless told not to, and returns the last seq. */
  append(events: { type?: EventType; data?: EventData }[], options?: { hint?: boolean }): Promise<number>
}

/** Fresh stores with one tenant and one key. */
export async function createStage(t: TestContext, settings: Partial<Config> = {}): Promise<Stage> {
  const url = await createTestDatabase(t)
  const redis = await createTestRedis(t)
  const db = connect({ url, poolMax: 4, applicationName: 'test' })
  const publisher = connectPatientRedis({ url: redis.url, name: 'stage', onError: () => undefined })
  t.teardown(async () => {
    publisher.disconnect()
    await db.destroy()
  })
  const key = randomBytes(24).toString('hex')
  await ensureTenant(db, { id: tenantId, name: 'default' })
  await saveBootstrapKey(db, tenantId, key)
  const config: Config = {
    HOST: '127.0.0.1',
    LOG_LEVEL: 'silent',
    SHUTDOWN_GRACE_MS: 5_000,
    DATABASE_URL: url,
    DATABASE_POOL_MAX: 4,
    REDIS_URL: redis.url,
    REDIS_PREFIX: redis.prefix,
    REALTIME_PORT: 0,
    REALTIME_TRANSPORTS: 'websocket',
    REALTIME_ORIGINS: '',
    REALTIME_CONNECTIONS_MAX: 10_000,
    REALTIME_CONNECTIONS_PER_KEY_MAX: 10_000,
    REALTIME_CONNECTIONS_PER_ADDRESS_MAX: 10_000,
    REALTIME_FRAMES_PER_S: 20,
    REALTIME_BUFFER_BYTES_MAX: 512 * 1024,
    REALTIME_BACKFILL_EVENTS_MAX: 100_000,
    ...settings
  }
  return {
    db,
    config,
    key,
    async append(events, { hint = true } = {}) {
      const [end] = await appendEvents(
        db,
        events.map(({ type = 'message.received', data = {} }) => ({
          tenantId,
          type,
          data,
          ...(data.contactId !== undefined && { contactId: data.contactId }),
          ...(data.messageId !== undefined && { messageId: data.messageId })
        }))
      )
      if (hint && end) await publisher.publish(`${redis.prefix}:events`, JSON.stringify(end))
      return end?.seq ?? 0
    }
  }
}

/** Starts a realtime node. */
export async function startNode(
  t: TestContext,
  { config }: Stage
): Promise<{ url: string; close: () => Promise<void> }> {
  const app = await buildApp(config)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  let closing: Promise<unknown> | undefined
  const close = async (): Promise<void> => {
    closing ??= Promise.resolve(app.close())
    await closing
  }
  t.teardown(close)
  return { url, close }
}

/** A connected socket; rejects with the refusal. */
export async function connectSocket(t: TestContext, url: string, auth: object, options: object = {}): Promise<Socket> {
  const socket = io(url, { transports: ['websocket'], auth, forceNew: true, reconnection: false, ...options })
  t.teardown(() => socket.close())
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })
  return socket
}
