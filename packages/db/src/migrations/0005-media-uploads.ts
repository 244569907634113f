import { type Kysely, sql } from 'kysely'

/** Files Meta already has: the same content is not uploaded twice for a number while its id lives. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table media_uploads (
      tenant_id uuid not null references tenants,
      phone_number_id text not null,
      sha256 bytea not null check (length(sha256) = 32),
      mime_type text not null,
      media_id text not null,
      expires_at timestamptz not null,
      primary key (tenant_id, phone_number_id, sha256, mime_type)
    )`.execute(db)
  await sql`create index media_uploads_expiry on media_uploads (expires_at)`.execute(db)
}
