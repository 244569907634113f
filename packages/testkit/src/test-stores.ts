import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startPostgres } from './postgres.ts'
import { startRedis } from './redis.ts'
import { type Server } from './server-process.ts'

/** The part of a tap test that is needed to clean up after it. */
export type TestContext = { teardown(fn: () => unknown): unknown }

/** The migrated database that every test database is a copy of. */
export const templateName = 'wag_template'

/** Starts a throw-away PostgreSQL; what it holds goes with it. */
export async function throwAwayPostgres(durable = false, settings: Record<string, string> = {}): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'wag-postgres-'))
  const password = randomBytes(16).toString('hex')
  const server = await startPostgres({
    dataDir: join(folder, 'data'),
    password,
    durable,
    settings
  })
  return withFolder(server, folder)
}

/** Starts a throw-away Redis; what it holds goes with it. */
export async function throwAwayRedis(): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'wag-redis-'))
  return withFolder(
    await startRedis({
      dataDir: folder,
      password: randomBytes(16).toString('hex')
    }),
    folder
  )
}

function withFolder(server: Server, folder: string): Server {
  const stop = async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
  return { ...server, stop }
}

/** The same server and user, another database. */
export function databaseUrl(url: string, name: string): string {
  return Object.assign(new URL(url), { pathname: `/${name}` }).href
}

/** Makes the migrated template on a fresh server. */
export async function createTemplate(serverUrl: string): Promise<void> {
  await asAdmin(serverUrl, (client) => client.query(`CREATE DATABASE ${templateName}`))
  await migrateDatabase(databaseUrl(serverUrl, templateName))
}

/** Brings a database to the newest schema. */
export async function migrateDatabase(url: string): Promise<void> {
  // Only here: whoever starts a store and nothing more, like `npm start` all day, is spared Kysely and all schemas.
  const { migrate } = await import('@wag/db')
  await migrate({ url })
}

/** Runs statements that cannot run inside the database they are about. */
export async function asAdmin(serverUrl: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({
    connectionString: databaseUrl(serverUrl, 'postgres')
  })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

/** What the test runner started for everybody, or, in a test file run by hand, what this process starts for itself. */
export const sharedPostgresUrl = once(async () => {
  const url = process.env.WAG_TEST_POSTGRES_URL
  if (url !== undefined) return url
  const server = await throwAwayPostgres()
  await stopAtTheEnd(server)
  await createTemplate(server.url)
  return server.url
})

/** See `sharedPostgresUrl`. */
export const sharedRedisUrl = once(async () => {
  const url = process.env.WAG_TEST_REDIS_URL
  if (url !== undefined) return url
  const server = await throwAwayRedis()
  await stopAtTheEnd(server)
  return server.url
})

async function stopAtTheEnd(server: Server): Promise<void> {
  // Only here: importing tap makes any program print a test report.
  const { default: root } = await import('tap')
  root.teardown(() => server.stop())
}

function once<Value>(create: () => Promise<Value>): () => Promise<Value> {
  let value: Promise<Value> | undefined
  return () => {
    value ??= create()
    return value
  }
}
