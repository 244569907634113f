import { type Kysely, sql } from 'kysely'

/** Short-lived tokens for browsers: each may listen to a few rooms, until it expires or it, or its key, is revoked. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table realtime_tokens (
      tenant_id uuid not null references tenants,
      id uuid primary key,
      key_id uuid not null references api_keys,
      hash bytea not null unique,
      subscriptions json not null,
      expires_at timestamptz not null,
      revoked_at timestamptz
    )`.execute(db)
  await sql`create index realtime_tokens_expiry on realtime_tokens (expires_at)`.execute(db)
}
