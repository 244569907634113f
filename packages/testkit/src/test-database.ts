import { randomBytes } from 'node:crypto'
import { type Server } from './server-process.ts'
import {
  asAdmin,
  databaseUrl,
  migrateDatabase,
  sharedPostgresUrl,
  type TestContext,
  templateName,
  throwAwayPostgres
} from './test-stores.ts'

/** A migrated database of this test's own, as a url; dropped after the test, whoever is still connected. */
export async function createTestDatabase(t: TestContext): Promise<string> {
  const serverUrl = await sharedPostgresUrl()
  const name = `test_${randomBytes(8).toString('hex')}`
  await asAdmin(serverUrl, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${templateName}`))
  t.teardown(() => asAdmin(serverUrl, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`)))
  return databaseUrl(serverUrl, name)
}

export type TestPostgresOptions = { durable?: boolean; settings?: Record<string, string> }

/**
 * A whole PostgreSQL with a migrated database, for tests that stop or kill it. `durable` is for those that measure, or
 * kill it without warning: it writes as it would for an operator.
 */
export async function startTestPostgres(t: TestContext, options: TestPostgresOptions = {}): Promise<Server> {
  const server = await throwAwayPostgres(options.durable, options.settings)
  t.teardown(() => server.stop())
  await migrateDatabase(server.url)
  return server
}
