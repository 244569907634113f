import { type Kysely, sql } from 'kysely'

/** Media that customers sent: one row per medium of a message, fetched from Meta by whoever claims it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  // due_at is when a download may be claimed next, or when the claim runs out; null when there is nothing left to do.
  // expected is the hash that Meta told, hash that of the stored bytes, which rows share. faults counts answers of Meta's
  // that cannot be right, attempts every claim, both since then. No cascade: with the row its bytes must go, see eraseMediaOf.
  `create table media (
    tenant_id uuid not null,
    id uuid primary key,
    message_id uuid not null references messages,
    phone_number_id text not null,
    meta_id text not null,
    kind text not null,
    mime_type text,
    filename text,
    expected bytea,
    state text not null default 'pending' check (state in ('pending', 'stored', 'failed', 'gone', 'refused')),
    bytes bigint,
    hash bytea,
    attempts integer not null default 0,
    faults integer not null default 0,
    due_at timestamptz default now(),
    claim uuid,
    error text,
    at timestamptz not null,
    since timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (message_id, meta_id)
  )`,
  'create index media_due on media (due_at) where due_at is not null',
  'create index media_by_meta_id on media (tenant_id, meta_id)',
  'create index media_by_hash on media (tenant_id, hash) where hash is not null',

  // Bytes that may have lost their last row. keep_until: a download may still be about to write them until then.
  `create table media_garbage (
    tenant_id uuid not null references tenants,
    hash bytea not null,
    due_at timestamptz not null default now(),
    keep_until timestamptz not null default now(),
    primary key (tenant_id, hash)
  )`,
  'create index media_garbage_due on media_garbage (due_at)'
]
