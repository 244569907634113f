import { type Kysely, sql } from 'kysely'

/**
 * Sending for real: priorities, schedules and expiries of messages, what every attempt came to, idempotency keys, and the
 * pauses of whatever Meta has stopped.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  // priority: 0 otp, 1 normal, 2 bulk; lower goes first. recipient is a number in digits, a business-scoped user id or a
  // group id, as recipient_kind says. pair_reserved: put back with a place of its own in the recipient's pace.
  `alter table messages
    add column recipient_kind text not null default 'phone' check (recipient_kind in ('phone', 'user', 'group')),
    add column priority smallint not null default 1,
    add column send_at timestamptz,
    add column expires_at timestamptz,
    add column on_unknown text not null default 'hold' check (on_unknown in ('hold', 'resend')),
    add column metadata json,
    add column resend_of uuid,
    add column pair_reserved boolean not null default false,
    add column sent_at timestamptz`,

  // What may be claimed now or later: nobody holds it and it has not ended. States stand in no predicate, so that the
  // updates that statuses make stay in the page.
  'drop index messages_due',
  `create index messages_queue on messages (phone_number_id, priority, due_at)
    where claim is null and due_at is not null`,
  `create index messages_expiring on messages (expires_at)
    where claim is null and due_at is not null and expires_at is not null`,
  'create index messages_by_time on messages (tenant_id, at, id)',
  'create index messages_with_error on messages (tenant_id, at, id) where error is not null',

  `alter table contacts
    add column group_id text,
    add unique (tenant_id, group_id),
    drop constraint contacts_check,
    add constraint contacts_check check (wa_id is not null or user_id is not null or group_id is not null)`,

  // Attempts that did not end in \`sent\`; the one that did stands in messages.sent_at.
  `create table attempts (
    tenant_id uuid not null,
    message_id uuid not null references messages on delete cascade,
    attempt integer not null,
    at timestamptz not null default now(),
    outcome text not null,
    error json not null,
    primary key (message_id, attempt)
  )`,

  // answer holds ids, states and problems, never what was sent.
  `create table idempotency_keys (
    tenant_id uuid not null references tenants,
    key text not null,
    fingerprint bytea not null,
    request_id uuid not null,
    answer json not null,
    created_at timestamptz not null default now(),
    primary key (tenant_id, key)
  )`,
  'create index idempotency_keys_by_age on idempotency_keys (created_at)',

  // token_hash: SHA-256 of the Meta token, which names the token in pauses. rate: messages per second; null is the default.
  `alter table phone_numbers
    add column waba_id text,
    add column token_hash bytea,
    add column rate integer check (rate between 1 and 10000)`,

  // key: the number's or account's id, the token's hash in hex, or the template's name; empty for the app.
  `create table pauses (
    tenant_id uuid not null references tenants,
    scope text not null check (scope in ('app', 'token', 'waba', 'number', 'template')),
    key text not null,
    reason text not null,
    error json,
    paused_at timestamptz not null default now(),
    resumes_at timestamptz,
    primary key (tenant_id, scope, key)
  )`
]
