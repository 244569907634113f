import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectPatientRedis } from '@wag/bus'
import { eventually, freePort, openSql, type Sql, type TestContext } from '@wag/testkit'
import { createRandom, type Random } from '../storm/random.ts'
import { type System, startSystem } from '../system.ts'
import { type Journal, openJournal } from './journal.ts'
import { startProxy, type TcpProxy } from './proxy.ts'
import { type Store, startOwnPostgres, startOwnRedis } from './stores.ts'

/** The whole system, every store and Meta behind something that can break. */
export type Arena = {
  system: System
  postgres: Store
  redis: Store
  /** Between the services and PostgreSQL, Redis, and the Graph API. */
  proxies: { postgres: TcpProxy; redis: TcpProxy; graph: TcpProxy }
  /** Past the proxies, for looking. */
  sql: Sql
  redisClient: ReturnType<typeof connectPatientRedis>
  journal: Journal
  random: Random
  log: (line: string) => void
  /** Messages whose POST was under way when a sender was killed or cut off: each may stay `unknown`. */
  ambiguity: { allowed: number }
}

export type ArenaOptions = { seed: number; log: (line: string) => void; env?: Record<string, string> }

/** Claims run out soon, so that a run needs no patience; the rest is as an operator has it. */
const env = {
  CLAIM_TTL_MS: '8000',
  GRAPH_TIMEOUT_MS: '3000',
  LOG_LEVEL: 'warn',
  SIMULATOR_LATENCY_MS: '30',
  SEND_RATE_DEFAULT: '400'
}

/** Starts an arena; everything ends with the test. */
export async function openArena(t: TestContext, options: ArenaOptions): Promise<Arena> {
  const postgres = await startOwnPostgres(t)
  const redis = await startOwnRedis(t)
  const simulatorPort = await freePort()
  const proxies = {
    postgres: await startProxy(t, postgres.port),
    redis: await startProxy(t, redis.port),
    graph: await startProxy(t, simulatorPort)
  }
  const system = await startSystem(t, {
    databaseUrl: postgres.url,
    env: {
      ...env,
      DATABASE_URL: proxies.postgres.through(postgres.url),
      REDIS_URL: proxies.redis.through(redis.url),
      SIMULATOR_PORT: String(simulatorPort),
      GRAPH_URL: `http://127.0.0.1:${proxies.graph.port}`,
      ...options.env
    }
  })
  await system.client.control('settings', { recording: 'counts', retry_delay_max_ms: 3_000 })
  const sql = openSql(postgres.url)
  const redisClient = connectPatientRedis({ url: redis.url, name: 'faults', onError: () => undefined })
  const folder = await mkdtemp(join(tmpdir(), 'wag-journal-'))
  const journal = await openJournal(join(folder, 'journal'))
  t.teardown(async () => {
    redisClient.disconnect()
    await sql.close()
    await journal.close()
    await rm(folder, { recursive: true, force: true })
  })
  const random = createRandom(options.seed)
  return {
    system,
    postgres,
    redis,
    proxies,
    sql,
    redisClient,
    journal,
    random,
    log: options.log,
    ambiguity: { allowed: 0 }
  }
}

/** Counts what a sender holds now: what it has claimed may stay `unknown` if it dies. */
export async function allowInFlight({ sql, ambiguity }: Arena): Promise<void> {
  const [row] = await sql.query<{ many: number }>("select count(*)::int as many from messages where state = 'sending'")
  ambiguity.allowed += row?.many ?? 0
}

/** Milliseconds until the system does again all that it should: a send goes out, a webhook is applied. */
export async function recoveryMs({ system, sql }: Arena, deadlineMs: number): Promise<number> {
  const began = performance.now()
  const within = { timeoutMs: deadlineMs, intervalMs: 100 }
  const name = randomUUID()
  const send = eventually(async () => {
    const key = { 'idempotency-key': name }
    const { status, body } = await system.client.post(
      '/v1/messages',
      { to: '+16505550100', type: 'text', text: { body: 'probe' }, priority: 'otp' },
      key
    )
    if (status !== 202) throw new Error(`a send was answered with ${status}`)
    const { id } = body as { id: string }
    await eventually(async () => {
      const [row] = await sql.query<{ state: string }>('select state from messages where id = $1', [id])
      if (!row || ['queued', 'sending', 'scheduled'].includes(row.state)) throw new Error(`the send is ${row?.state}`)
      return true
    }, within)
    return true
  }, within)
  const webhook = eventually(async () => {
    const message = {
      from: '19175550100',
      id: `wamid.${name}`,
      timestamp: '1795363200',
      type: 'text',
      text: { body: 'probe' }
    }
    const value = {
      messaging_product: 'whatsapp',
      metadata: { phone_number_id: system.env.WHATSAPP_FROM_PHONE_NUMBER_ID },
      messages: [message]
    }
    const { status } = await system.client.webhook({
      object: 'whatsapp_business_account',
      entry: [{ id: '1', changes: [{ field: 'messages', value }] }]
    })
    if (status !== 200) throw new Error(`a webhook was answered with ${status}`)
    await eventually(async () => {
      const rows = await sql.query("select from messages where wamid = $1 and direction = 'in'", [`wamid.${name}`])
      if (rows.length === 0) throw new Error('the webhook is not applied')
      return true
    }, within)
    return true
  }, within)
  await Promise.all([send, webhook])
  return Math.round(performance.now() - began)
}
