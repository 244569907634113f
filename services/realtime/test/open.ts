import { randomBytes } from 'node:crypto'
import { type AddressInfo } from 'node:net'
import { connectRedis, openPublisher } from '@wag/bus'
import { defaultTenantId, type Event, type SubscriptionAck } from '@wag/contracts'
import { appendEvents, connect, type Db, ensureTenant, type NewEvent, saveBootstrapKey, upsertContacts } from '@wag/db'
import { createTestDatabase, createTestRedis, eventually, type TestContext } from '@wag/testkit'
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client'
import { buildApp } from '../src/app.ts'
import { type Config } from '../src/config.ts'

export const tenantId = defaultTenantId
export const apiKey = randomBytes(24).toString('base64url')

export type Bench = { config: Config; db: Db; redis: ReturnType<typeof connectRedis> }

/** A ledger with a key, and a Redis; no node yet. */
export async function openBench(t: TestContext, changes: Partial<Config> = {}): Promise<Bench> {
  const shared = changes.REDIS_URL ? { url: changes.REDIS_URL, prefix: 'test' } : await createTestRedis(t)
  const config: Config = {
    HOST: '127.0.0.1',
    LOG_LEVEL: 'silent',
    SHUTDOWN_GRACE_MS: 1_000,
    REALTIME_PORT: 0,
    REALTIME_TRANSPORTS: 'websocket',
    REALTIME_ORIGINS: '',
    REALTIME_CONNECTIONS_MAX: 10_000,
    REALTIME_CONNECTIONS_PER_KEY_MAX: 10_000,
    REALTIME_CONNECTIONS_PER_ADDRESS_MAX: 10_000,
    REALTIME_FRAMES_PER_S: 100,
    REALTIME_BUFFER_BYTES_MAX: 512 * 1024,
    REALTIME_BACKFILL_EVENTS_MAX: 100_000,
    DATABASE_URL: changes.DATABASE_URL ?? (await createTestDatabase(t)),
    DATABASE_POOL_MAX: 4,
    REDIS_URL: shared.url,
    REDIS_PREFIX: shared.prefix,
    ...changes
  }
  const db = connect({ url: config.DATABASE_URL, poolMax: 6, applicationName: 'test' })
  t.teardown(() => db.destroy())
  await ensureTenant(db, { id: tenantId, name: 'default' })
  await saveBootstrapKey(db, tenantId, apiKey)
  const redis = connectRedis({ url: config.REDIS_URL, name: 'test', onError: () => undefined })
  t.teardown(() => redis.disconnect())
  return { config, db, redis }
}

/** A node that listens, by its url. */
export async function openNode(t: TestContext, { config }: Bench): Promise<string> {
  const app = await buildApp(config)
  t.teardown(() => app.close())
  await app.listen({ host: '127.0.0.1', port: 0 })
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
}

export type Client = {
  socket: Socket
  events: Event[]
  seqs: () => number[]
  subscribe: (subscription: unknown, verb?: 'subscribe' | 'unsubscribe') => Promise<SubscriptionAck>
}

/** A client that keeps what it gets; rejects when it is refused. */
export async function openClient(
  t: TestContext,
  url: string,
  options: Partial<ManagerOptions & SocketOptions> = {}
): Promise<Client> {
  const auth = { token: apiKey }
  const socket = io(url, { transports: ['websocket'], forceNew: true, reconnection: false, auth, ...options })
  t.teardown(() => socket.disconnect())
  const events: Event[] = []
  socket.on('event', (event: Event) => events.push(event))
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })
  return {
    socket,
    events,
    seqs: () => events.map(({ seq }) => seq),
    subscribe: (subscription, verb = 'subscribe') => socket.timeout(5_000).emitWithAck(verb, subscription)
  }
}

/** Commits an event for each contact (null: for none), and rings for it unless told not to. */
export async function append(bench: Bench, contacts: (number | null)[], isRung = true): Promise<void> {
  const events = contacts.map((contactId): NewEvent => {
    return { tenantId, type: 'message.received', data: {}, ...(contactId !== null && { contactId }) }
  })
  const ends = await bench.db.transaction().execute((trx) => appendEvents(trx, events))
  if (isRung) await ring(bench, ends[0]?.seq ?? 0)
}

export function ring({ redis, config }: Bench, seq: number): Promise<boolean> {
  const publisher = openPublisher({ redis, prefix: config.REDIS_PREFIX })
  return eventually(() => publisher.eventsGrew({ tenantId, seq }).then(() => true))
}

/** Makes contacts and returns their ids. */
export async function addContacts({ db }: Bench, tenant: string, waIds: string[]): Promise<number[]> {
  const { ids } = await upsertContacts(
    db,
    tenant,
    waIds.map((waId) => ({ waId, at: new Date() }))
  )
  return ids
}
