import { randomBytes } from 'node:crypto'
import { connect, type Db } from '@wag/db'
import { createTestDatabase, freePort, type Server, startTestRedis, type TestContext } from '@wag/testkit'
import { type Client, createClient } from './client.ts'
import { createProcess, type ServiceProcess } from './process.ts'
import { runMigrate } from './seed.ts'

export type ServiceName = 'gateway' | 'sender' | 'ingest' | 'realtime' | 'simulator'

/** The whole gateway as real processes on stores of its own. */
export type System = {
  db: Db
  redis: Server
  client: Client
  services: Record<ServiceName, ServiceProcess>
  env: Record<string, string>
  realtimeUrl: string
  /** A further node of a service, on a port of its own, with settings of its own on top of everybody's. */
  addNode(name: ServiceName, env?: Record<string, string>): Promise<{ process: ServiceProcess; url: string }>
}

export type SystemOptions = {
  env?: Record<string, string>
  without?: ServiceName[]
  /** A migrated database; one of the test's own by default. */
  databaseUrl?: string
}

const names: ServiceName[] = ['simulator', 'gateway', 'sender', 'ingest', 'realtime']
const root = new URL('../../../', import.meta.url).pathname

/** Starts every service against a fresh database and Redis; all of it is stopped and removed after the test. */
export async function startSystem(t: TestContext, options: SystemOptions = {}): Promise<System> {
  const databaseUrl = options.databaseUrl ?? (await createTestDatabase(t))
  const redis = await startTestRedis(t)
  const portOf = async (name: ServiceName): Promise<number> =>
    Number(options.env?.[`${name.toUpperCase()}_PORT`] ?? (await freePort()))
  const ports = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await portOf(name)] as const)))
  const env = { ...environment(databaseUrl, redis.url, ports), ...options.env }
  await runMigrate(env)
  const db = connect({ url: databaseUrl, poolMax: 4, applicationName: 'e2e' })
  t.teardown(() => db.destroy())

  const make = (name: ServiceName, port: number, own: Record<string, string> = {}): ServiceProcess => {
    const process = createProcess({
      name,
      path: `${root}services/${name}/src/main.ts`,
      env: { ...env, ...own, [`${name.toUpperCase()}_PORT`]: String(port) },
      healthUrl: `http://127.0.0.1:${port}/health/ready`
    })
    t.teardown(() => process.kill())
    return process
  }
  const services = Object.fromEntries(names.map((name) => [name, make(name, ports[name] ?? 0)])) as Record<
    ServiceName,
    ServiceProcess
  >
  await Promise.all(names.filter((name) => !options.without?.includes(name)).map((name) => services[name].start()))
  return {
    db,
    redis,
    services,
    env,
    client: createClient(env),
    realtimeUrl: `http://127.0.0.1:${ports.realtime}`,
    async addNode(name, own) {
      const port = await freePort()
      const process = make(name, port, own)
      await process.start()
      return { process, url: `http://127.0.0.1:${port}` }
    }
  }
}

function environment(databaseUrl: string, redisUrl: string, ports: Record<string, number>): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    HOST: '127.0.0.1',
    LOG_LEVEL: 'warn',
    GATEWAY_PORT: String(ports.gateway),
    REALTIME_PORT: String(ports.realtime),
    SIMULATOR_PORT: String(ports.simulator),
    SENDER_PORT: String(ports.sender),
    INGEST_PORT: String(ports.ingest),
    GRAPH_URL: `http://127.0.0.1:${ports.simulator}`,
    SIMULATOR_WEBHOOK_URL: `http://127.0.0.1:${ports.gateway}/whatsapp-webhook/`,
    API_KEY: randomBytes(24).toString('hex'),
    ENCRYPTION_KEY: randomBytes(32).toString('hex'),
    WHATSAPP_ACCESS_TOKEN: `EAA${randomBytes(24).toString('hex')}`,
    WHATSAPP_APP_SECRET: randomBytes(16).toString('hex'),
    WHATSAPP_VERIFY_TOKEN: randomBytes(16).toString('hex'),
    WHATSAPP_FROM_PHONE_NUMBER_ID: '106540352242922'
  }
}
