import { sql } from 'kysely'
import { type Db } from './schema.ts'

/** Makes a tenant, with the counter of its events, where it does not exist. */
export async function ensureTenant(db: Db, tenant: { id: string; name: string }): Promise<void> {
  await sql`insert into tenants (id, name) values (${tenant.id}, ${tenant.name}) on conflict do nothing`.execute(db)
  await sql`insert into event_counters (tenant_id) values (${tenant.id}) on conflict do nothing`.execute(db)
}

/** The ids of all tenants. */
export async function listTenants(db: Db): Promise<string[]> {
  const rows = await db.selectFrom('tenants').select('id').orderBy('id').execute()
  return rows.map(({ id }) => id)
}
