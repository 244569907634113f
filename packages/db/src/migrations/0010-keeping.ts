import { type Kysely, sql } from 'kysely'

/** What is missing is told of, and what must not be kept is forgotten: alarms, erasures, exports. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `create table alarms (
    tenant_id uuid not null references tenants,
    name text not null,
    raised_at timestamptz not null default now(),
    primary key (tenant_id, name)
  )`,

  // A contact that was erased keeps its id, to which counts and events still point, and nothing else.
  `alter table contacts
    add column erased_at timestamptz,
    drop constraint contacts_check,
    add constraint contacts_check check (
      coalesce(wa_id, user_id, group_id) is not null or merged_into is not null or erased_at is not null
    )`,

  // Who asked for what, when, and what it came to; no personal data. step and place say how far a long one has come;
  // sealed holds, encrypted and until it is finished, what has to be looked for.
  `create table privacy_requests (
    tenant_id uuid not null references tenants,
    id uuid primary key,
    kind text not null check (kind in ('erasure', 'export')),
    contact_id bigint not null,
    key_id uuid not null,
    requested_at timestamptz not null default now(),
    finished_at timestamptz,
    counts json not null default '{}',
    step text,
    place text,
    sealed bytea
  )`,
  'create index privacy_requests_open on privacy_requests (requested_at) where finished_at is null',

  // HMAC-SHA256 of a number or user id, under a key that is not in the database. What was written up to erased_at is
  // not to come back with a late webhook.
  `create table erased_persons (
    tenant_id uuid not null references tenants,
    hash bytea not null,
    erased_at timestamptz not null,
    primary key (tenant_id, hash)
  )`
]
