import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectPatientRedis } from '@wag/bus'
import { defaultTenantId, type EventData, type EventType, type Subscription } from '@wag/contracts'
import { appendEvents, type Db } from '@wag/db'
import { eventually, freePort, startRedis, startTestPostgres, type TestContext } from '@wag/testkit'
import { type System, startSystem } from '../system.ts'
import { type StormClient, startClient } from './client.ts'
import { createRandom, pick, type Random } from './random.ts'

export type StormOptions = {
  clients: number
  seconds: number
  /** Events written per second. */
  rate: number
  seed: number
  log?: (line: string) => void
}

/** What every client should have seen, and what it saw. */
export type StormReport = {
  events: number
  connections: number
  reloads: number
  clients: { subscriptions: Subscription[]; expected: number[]; seen: number[] }[]
}

type Written = { seq: number; type: EventType; data: EventData }

const types: EventType[] = ['message.received', 'message.sent', 'message.delivered', 'message.read']
const numbers = ['901', '902']
const contactCount = 40
const batchesPerS = 20

/**
 * Two realtime nodes, clients in mixed rooms, a steady stream of events; meanwhile each node is killed once, Redis is
 * restarted and flushed, and clients drop at random.
 */
export async function runStorm(t: TestContext, options: StormOptions): Promise<StormReport> {
  const { seconds, log = () => {} } = options
  const random = createRandom(options.seed)
  const postgres = await startTestPostgres(t)
  const redis = await startOwnRedis(t)
  const system = await startSystem(t, {
    without: ['gateway', 'sender', 'ingest', 'simulator'],
    env: { REDIS_URL: redis.url },
    databaseUrl: postgres.url
  })
  const second = await system.addNode('realtime')
  const nodes = [system.services.realtime, second.process]
  const contacts = await addContacts(system.db)
  const clients = startClients(system, [system.realtimeUrl, second.url], contacts, random, options.clients)
  t.teardown(() => {
    for (const client of clients) client.close()
  })

  const writing = write(system, redis.url, contacts, random, options)
  const dropping = dropClients(clients, random, seconds)
  for (const [step, act] of [
    () => nodes[0]?.kill().then(() => nodes[0]?.start()),
    () => redis.restart(),
    () => nodes[1]?.kill().then(() => nodes[1]?.start()),
    () => redis.flush()
  ].entries()) {
    await sleep((seconds * 1000) / 6)
    log(['killing the first node', 'restarting Redis', 'killing the second node', 'flushing Redis'][step] ?? '')
    await act()
  }
  const written = await writing
  await dropping
  log(`${written.length} events written; waiting for every client to have them all`)
  return settle(clients, written)
}

async function startOwnRedis(t: TestContext) {
  const dataDir = await mkdtemp(join(tmpdir(), 'wag-storm-'))
  const settings = { dataDir, port: await freePort(), password: randomBytes(16).toString('hex') }
  let server = await startRedis(settings)
  t.teardown(async () => {
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  })
  return {
    url: server.url,
    async restart(): Promise<void> {
      await server.stop()
      await sleep(500)
      server = await startRedis(settings)
    },
    async flush(): Promise<void> {
      const redis = connectPatientRedis({ url: server.url, name: 'storm', onError: () => {} })
      await redis.flushall()
      redis.disconnect()
    }
  }
}

async function addContacts(db: Db): Promise<number[]> {
  const rows = Array.from({ length: contactCount }, (_, index) => ({
    tenant_id: defaultTenantId,
    wa_id: String(16_500_000_000 + index)
  }))
  await db
    .insertInto('phone_numbers')
    .values(numbers.map((id) => ({ tenant_id: defaultTenantId, id })))
    .execute()
  return (await db.insertInto('contacts').values(rows).returning('id').execute()).map(({ id }) => id)
}

function startClients(
  { env }: System,
  urls: string[],
  contacts: number[],
  random: Random,
  count: number
): StormClient[] {
  const kinds: (() => Subscription[])[] = [
    () => [{ tenant: true }],
    () => [{ contact: pick(random, contacts) }],
    () => [{ number: pick(random, numbers) }],
    () => [{ tenant: true, types: ['message.read', 'message.received'] }],
    () => [
      { contact: pick(random, contacts) },
      { contact: pick(random, contacts) },
      { number: '901', types: ['message.sent'] }
    ]
  ]
  return Array.from({ length: count }, (_, index) => {
    const subscriptions = (kinds[index % kinds.length] as () => Subscription[])()
    return startClient({ urls, token: env.API_KEY ?? '', subscriptions, random })
  })
}

/** Writes events in batches, with a hint for each where Redis can be had. */
async function write(
  { db, env }: System,
  redisUrl: string,
  contacts: number[],
  random: Random,
  { rate, seconds }: StormOptions
): Promise<Written[]> {
  const redis = connectPatientRedis({ url: redisUrl, name: 'writer', onError: () => {} })
  const written: Written[] = []
  const began = Date.now()
  for (let batch = 0; batch < seconds * batchesPerS; batch++) {
    await sleep(Math.max(0, began + (batch * 1000) / batchesPerS - Date.now()))
    const events = Array.from({ length: Math.round(rate / batchesPerS) }, () => {
      const contactId = pick(random, contacts)
      const data: EventData = { contactId, phoneNumberId: pick(random, numbers), body: 'x'.repeat(100) }
      return { tenantId: defaultTenantId, type: pick(random, types), contactId, data }
    })
    const [end] = await appendEvents(db, events)
    events.forEach(({ type, data }, index) => {
      written.push({ seq: (end?.seq ?? 0) - events.length + 1 + index, type, data })
    })
    const hint = JSON.stringify({ tenantId: defaultTenantId, seq: end?.seq })
    if (redis.status === 'ready') redis.publish(`${env.REDIS_PREFIX ?? 'wag'}:events`, hint).catch(() => {})
  }
  redis.disconnect()
  return written
}

async function dropClients(clients: StormClient[], random: Random, seconds: number): Promise<void> {
  const until = Date.now() + seconds * 1000
  while (Date.now() < until) {
    await sleep(100)
    pick(random, clients).drop()
  }
}

function isWanted({ type, data }: Written, subscription: Subscription): boolean {
  if (subscription.types && !subscription.types.includes(type)) return false
  if ('contact' in subscription) return subscription.contact === data.contactId
  if ('number' in subscription) return subscription.number === data.phoneNumberId
  return 'tenant' in subscription
}

async function settle(clients: StormClient[], written: Written[]): Promise<StormReport> {
  const entries = clients.map((client) => ({
    client,
    expected: written.filter((event) => client.subscriptions.some((one) => isWanted(event, one))).map(({ seq }) => seq)
  }))
  const isDone = () => entries.every(({ client, expected }) => client.seen.length >= expected.length)
  await eventually(isDone, { timeoutMs: 30_000, intervalMs: 100 }).catch(() => undefined)
  // What comes twice would come now.
  await sleep(500)
  return {
    events: written.length,
    connections: clients.reduce((sum, { connections }) => sum + connections, 0),
    reloads: clients.reduce((sum, { reloads }) => sum + reloads, 0),
    clients: entries.map(({ client, expected }) => ({
      subscriptions: client.subscriptions,
      expected,
      seen: client.seen
    }))
  }
}
