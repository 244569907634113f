import { type Kysely, sql } from 'kysely'

/**
 * The first ledger. Every table carries its tenant. The inbox and the event log are partitioned by day so that old days
 * can be dropped whole; the default partitions catch what finds no day of its own.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `create table tenants (
    id uuid primary key,
    name text not null,
    created_at timestamptz not null default now()
  )`,

  `create table phone_numbers (
    tenant_id uuid not null references tenants,
    id text primary key,
    access_token bytea,
    is_default boolean not null default false,
    created_at timestamptz not null default now(),
    unique (tenant_id, id)
  )`,
  'create unique index phone_numbers_default on phone_numbers (tenant_id) where is_default',

  `create table api_keys (
    tenant_id uuid not null references tenants,
    id uuid primary key,
    name text not null,
    hash bytea not null unique,
    scopes text[] not null,
    created_at timestamptz not null default now(),
    revoked_at timestamptz
  )`,

  `create table contacts (
    tenant_id uuid not null references tenants,
    id bigint generated always as identity primary key,
    wa_id text,
    user_id text,
    profile_name text not null default '',
    profile_at timestamptz,
    created_at timestamptz not null default now(),
    unique (tenant_id, id),
    unique (tenant_id, wa_id),
    unique (tenant_id, user_id),
    check (wa_id is not null or user_id is not null)
  )`,

  // The order of the values is the order of the states: a state moves by greatest(old, new).
  `create type message_state as enum (
    'received', 'scheduled', 'queued', 'sending', 'unknown', 'sent', 'failed', 'expired', 'cancelled', 'delivered', 'read', 'played'
  )`,

  // json, not jsonb: it keeps \\u0000 and lone surrogates, which jsonb refuses, and costs a quarter less.
  // at is what a page's cursor holds: no finer than the milliseconds of a JavaScript date, or rows would come twice.
  // due_at is when the sweeper must look at a message again: when it may be sent, or when its claim runs out; null when
  // there is nothing left to do. Later states touch no indexed column, so their updates stay in the page (fillfactor).
  `create table messages (
    tenant_id uuid not null,
    id uuid primary key,
    direction text not null check (direction in ('in', 'out')),
    phone_number_id text not null,
    contact_id bigint not null,
    recipient text,
    state message_state not null,
    type text not null,
    content json not null,
    wamid text,
    error json,
    at timestamptz(3) not null,
    due_at timestamptz,
    attempts integer not null default 0,
    claim uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    foreign key (tenant_id, contact_id) references contacts (tenant_id, id)
  ) with (fillfactor = 70)`,
  'create index messages_of_contact on messages (tenant_id, contact_id, at, id)',
  'create index messages_due on messages (phone_number_id, due_at) where due_at is not null',
  'create index messages_claimed on messages (due_at) where claim is not null and due_at is not null',
  "create unique index messages_received on messages (tenant_id, wamid) where direction = 'in'",
  "create index messages_sent on messages (tenant_id, wamid) where direction = 'out' and wamid is not null",

  // A status whose message is not known yet is parked: message_id is null until the two are joined.
  `create table statuses (
    tenant_id uuid not null,
    wamid text not null,
    status text not null,
    participant text not null,
    message_id uuid,
    at timestamptz,
    error json,
    content json not null,
    received_at timestamptz not null default now(),
    primary key (tenant_id, wamid, status, participant)
  )`,
  'create index statuses_parked on statuses (received_at) where message_id is null',

  `create table inbox (
    tenant_id uuid not null,
    id uuid primary key,
    body bytea not null,
    received_at timestamptz not null default now(),
    processed_at timestamptz
  ) partition by range (id)`,
  'create index inbox_pending on inbox (id) where processed_at is null',
  'create table inbox_default partition of inbox default',

  `create table quarantine (
    tenant_id uuid not null,
    id uuid primary key,
    inbox_id uuid not null,
    item json,
    reason text not null,
    created_at timestamptz not null default now()
  )`,

  `create table event_counters (
    tenant_id uuid primary key references tenants,
    seq bigint not null default 0
  ) with (fillfactor = 10)`,

  `create table events (
    tenant_id uuid not null,
    seq bigint not null,
    type text not null,
    at timestamptz not null default now(),
    contact_id bigint,
    message_id uuid,
    data json not null,
    primary key (tenant_id, seq, at)
  ) partition by range (at)`,
  'create table events_default partition of events default',

  // What readiness writes to.
  'create table heartbeats (name text primary key, at timestamptz not null)',

  // The lowest UUIDv7 of an instant: 48 bits of milliseconds, then zeros.
  `create function uuid7_floor(instant timestamptz) returns uuid language sql immutable as $$
    select (rpad(lpad(to_hex(floor(extract(epoch from instant) * 1000)::bigint), 12, '0'), 32, '0'))::uuid
  $$`,

  `create function ensure_partitions(days_ahead integer) returns void language plpgsql as $$
  declare
    day date;
    first timestamptz;
    next timestamptz;
    suffix text;
  begin
    perform pg_advisory_xact_lock(7769001);
    -- Making a partition waits for every reader of the table, and every writer would wait behind it.
    perform set_config('lock_timeout', '500ms', true);
    for offset_days in -1..days_ahead loop
      day := (now() at time zone 'UTC')::date + offset_days;
      first := day::timestamp at time zone 'UTC';
      next := (day + 1)::timestamp at time zone 'UTC';
      suffix := to_char(day, 'YYYY_MM_DD');
      begin
        if to_regclass('inbox_' || suffix) is null then
          execute format('create table %I partition of inbox for values from (%L) to (%L)',
            'inbox_' || suffix, uuid7_floor(first), uuid7_floor(next));
        end if;
      exception when check_violation or lock_not_available then
        -- Rows of that day already stand in the default partition and stay there; or somebody reads: the next time will do.
        null;
      end;
      begin
        if to_regclass('events_' || suffix) is null then
          execute format('create table %I partition of events for values from (%L) to (%L)', 'events_' || suffix, first, next);
        end if;
      exception when check_violation or lock_not_available then
        null;
      end;
    end loop;
  end $$`
]
