import { setTimeout as sleep } from 'node:timers/promises'
import { connectPatientRedis } from '@wag/bus'
import { defaultTenantId } from '@wag/contracts'
import { appendEvents } from '@wag/db'
import { startTestPostgres, startTestRedis, type TestContext } from '@wag/testkit'
import { residentBytes } from '../processes.ts'
import { type System, startSystem } from '../system.ts'
import { type Child, startChild } from './child.ts'

/** Our node, or Socket.IO alone: where it is, how events get into it. */
type Target = { name: 'wag' | 'bare'; url: string; token: string; pid: number; emit(contacts: number[]): Promise<void> }

type Report = { delivered: number; closed: number; latencies: number[] }

export type RealtimeBench = {
  system: System
  contacts: number[]
  targets: Target[]
}

const contactCount = 100
const body = 'x'.repeat(150)

/** Starts our node on real stores, and bare Socket.IO beside it. */
export async function openBench(t: TestContext): Promise<RealtimeBench> {
  const postgres = await startTestPostgres(t)
  const redis = await startTestRedis(t)
  const system = await startSystem(t, {
    without: ['gateway', 'sender', 'ingest', 'simulator'],
    env: { REDIS_URL: redis.url },
    databaseUrl: postgres.url
  })
  const rows = Array.from({ length: contactCount }, (_, index) => ({
    tenant_id: defaultTenantId,
    wa_id: String(16_500_000_000 + index)
  }))
  const contacts = (await system.db.insertInto('contacts').values(rows).returning('id').execute()).map(({ id }) => id)
  const publisher = connectPatientRedis({ url: redis.url, name: 'bench', onError: () => {} })
  t.teardown(() => publisher.disconnect())

  const bareServer = await startChild(t, 'bare-server.ts', true)
  const { port } = bareServer.first as { port: number }
  const ours: Target = {
    name: 'wag',
    url: system.realtimeUrl,
    token: system.env.API_KEY ?? '',
    pid: system.services.realtime.pid(),
    async emit(ids) {
      const data = { phoneNumberId: '901', body }
      const [end] = await appendEvents(
        system.db,
        ids.map((contactId) => ({
          tenantId: defaultTenantId,
          type: 'message.received' as const,
          contactId,
          data: { ...data, contactId }
        }))
      )
      await publisher.publish('wag:events', JSON.stringify(end))
    }
  }
  const bare: Target = {
    name: 'bare',
    url: `http://127.0.0.1:${port}`,
    token: '',
    pid: bareServer.pid,
    emit: async (ids) =>
      bareServer.tell({ kind: 'emit', rooms: ids.map((contact) => JSON.stringify({ contact })), body })
  }
  return { system, contacts, targets: [bare, ours] }
}

async function connectClients(t: TestContext, { url, token }: Target, count: number, rooms: unknown[]): Promise<Child> {
  const clients = await startChild(t, 'socket-clients.ts', false)
  await clients.ask({ kind: 'connect', url, token, count, rooms, atOnce: 50 })
  return clients
}

async function report(clients: Child): Promise<Report> {
  return (await clients.ask({ kind: 'report' })) as Report
}

/** Resident bytes that one idle connection costs. */
export async function measureMemory(t: TestContext, target: Target, count: number): Promise<number> {
  // The first connections pay for code that is compiled and buffers that stay.
  await connectClients(t, target, 200, [{ contact: 1 }])
  await sleep(1_000)
  const before = await residentBytes(target.pid)
  const clients = await connectClients(t, target, count, [{ contact: 1 }])
  await sleep(3_000)
  const after = await residentBytes(target.pid)
  const { closed } = await report(clients)
  if (closed > 0) throw new Error(`${closed} connections of ${count} were lost`)
  return (after - before) / count
}

/** Milliseconds from an event's entry in the ledger to the client, at a steady rate of events to rooms of ten. */
export async function measureLatency(
  t: TestContext,
  { contacts }: RealtimeBench,
  target: Target,
  options: { subscribers: number; rate: number; seconds: number }
): Promise<{ p50Ms: number; p99Ms: number; delivered: number; expected: number }> {
  const clients = await connectClients(
    t,
    target,
    options.subscribers,
    contacts.map((contact) => ({ contact }))
  )
  const began = Date.now()
  let written = 0
  while (Date.now() - began < options.seconds * 1000) {
    const due = Math.floor(((Date.now() - began) / 1000) * options.rate) - written
    const ids = Array.from({ length: due }, (_, index) => contacts[(written + index) % contacts.length] ?? 0)
    if (due > 0) await target.emit(ids)
    written += due
    await sleep(10)
  }
  await sleep(500)
  const { delivered, latencies } = await report(clients)
  const sorted = latencies.sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0
  return { p50Ms: at(0.5), p99Ms: at(0.99), delivered, expected: (written * options.subscribers) / contacts.length }
}

/** Deliveries per second when the next events are written as soon as the last ones have arrived. */
export async function measureFanout(
  t: TestContext,
  { contacts }: RealtimeBench,
  target: Target,
  options: { subscribers: number; seconds: number }
): Promise<number> {
  const rooms = contacts.slice(0, 10)
  const clients = await connectClients(
    t,
    target,
    options.subscribers,
    rooms.map((contact) => ({ contact }))
  )
  const perEvent = options.subscribers / rooms.length
  const inFlightMax = perEvent * 120
  let written = 0
  let delivered = 0
  const began = Date.now()
  while (Date.now() - began < options.seconds * 1000) {
    if (written * perEvent - delivered < inFlightMax) {
      await target.emit([...rooms, ...rooms, ...rooms, ...rooms])
      written += 4 * rooms.length
    }
    delivered = (await report(clients)).delivered
  }
  return delivered / ((Date.now() - began) / 1000)
}
