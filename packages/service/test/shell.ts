import { randomBytes } from 'node:crypto'
import { defaultTenantId } from '@wag/contracts'
import { connect, type Db, ensureTenant, saveBootstrapKey } from '@wag/db'
import { createTestDatabase, type TestContext } from '@wag/testkit'
import { type App, buildShell, createAuthenticator, type ShellOptions } from '../src/index.ts'

/** A shell that is closed after the test. */
export async function openShell(t: TestContext, options: Partial<ShellOptions> = {}): Promise<App> {
  const app = await buildShell({ name: 'test', config: { LOG_LEVEL: 'silent' }, ...options })
  t.teardown(() => app.close())
  return app
}

/** A ledger with a bootstrap key in it. */
export async function openKeys(t: TestContext): Promise<{ db: Db; key: string }> {
  const db = connect({ url: await createTestDatabase(t), poolMax: 2, applicationName: 'test' })
  t.teardown(() => db.destroy())
  await ensureTenant(db, { id: defaultTenantId, name: 'default' })
  const key = randomBytes(24).toString('base64url')
  await saveBootstrapKey(db, defaultTenantId, key)
  return { db, key }
}

/** A shell with one route of each scope, and a key that opens them all. */
export async function openGuarded(t: TestContext): Promise<{ app: App; db: Db; key: string }> {
  const { db, key } = await openKeys(t)
  const app = await openShell(t, { authenticate: createAuthenticator(db) })
  for (const scope of ['public', 'read', 'send', 'admin', 'ops'] as const) {
    app.get(`/${scope}`, { config: { scope } }, async () => ({ scope }))
  }
  return { app, db, key }
}
