import { type Kysely, sql } from 'kysely'

/**
 * Receiving for real: persons with changing ids, their windows and wishes, what messages refer to, what Meta reports of
 * templates, numbers and accounts, and what every webhook came to.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  // Each *_at is the newest time at which Meta told the value beside it: of two values the newer counts, whichever comes
  // first. opted_out: no marketing. merged_into: this row turned out to be another's person, who has all of it now.
  `alter table contacts
    add column parent_user_id text,
    add column username text,
    add column username_at timestamptz,
    add column wa_id_at timestamptz,
    add column user_id_at timestamptz,
    add column opted_out boolean not null default false,
    add column opt_at timestamptz,
    add column merged_into bigint,
    drop constraint contacts_check,
    add constraint contacts_check check (coalesce(wa_id, user_id, group_id) is not null or merged_into is not null)`,
  'alter table contacts set (fillfactor = 70)',
  'create index contacts_merged on contacts (tenant_id, merged_into) where merged_into is not null',

  // Ids that a person had before, and other spellings of a number. After until, an id may be somebody else's.
  `create table contact_aliases (
    tenant_id uuid not null,
    kind text not null check (kind in ('phone', 'user')),
    value text not null,
    contact_id bigint not null,
    until timestamptz not null default 'infinity',
    primary key (tenant_id, kind, value),
    foreign key (tenant_id, contact_id) references contacts (tenant_id, id)
  )`,
  'create index contact_aliases_of_contact on contact_aliases (tenant_id, contact_id)',

  // The audit of merges holds no number, no id of Meta's and no name.
  `create table contact_merges (
    tenant_id uuid not null,
    contact_id bigint not null,
    into_id bigint not null,
    reason text not null,
    at timestamptz not null default now(),
    primary key (tenant_id, contact_id)
  )`,

  // The 24 hours begin with the customer's last message or call.
  `create table windows (
    tenant_id uuid not null,
    contact_id bigint not null,
    phone_number_id text not null,
    last_at timestamptz not null,
    primary key (tenant_id, contact_id, phone_number_id),
    foreign key (tenant_id, contact_id) references contacts (tenant_id, id)
  ) with (fillfactor = 70)`,

  // What a reaction, an edit or a revocation is about. target_id is null until that message is known.
  `alter table messages
    add column target_wamid text,
    add column target_id uuid`,
  'create index messages_targeting on messages (tenant_id, target_wamid) where target_wamid is not null',
  `create index messages_target_missing on messages (created_at)
    where target_wamid is not null and target_id is null`,

  // One row for each topic of a template, a number or an account: what Meta said last.
  `create table reports (
    tenant_id uuid not null references tenants,
    subject text not null check (subject in ('template', 'number', 'account')),
    account_id text not null,
    key text not null,
    topic text not null,
    word text not null,
    reason text,
    at timestamptz not null,
    content json not null,
    primary key (tenant_id, subject, account_id, key, topic)
  )`,

  // What was told of once and is not told of again when Meta repeats a webhook: SHA-256 of it.
  `create table notices (
    tenant_id uuid not null references tenants,
    hash bytea not null,
    at timestamptz not null default now(),
    primary key (tenant_id, hash)
  )`,
  'create index notices_by_age on notices (at)',

  // display_number: digits, as in the webhooks that name a number by nothing else.
  'alter table phone_numbers add column display_number text',

  // Counts of items: items, applied, parked, stored, quarantined.
  'alter table inbox add column result json',

  // The same thing is put aside once, however often it comes.
  'alter table quarantine add column hash bytea',
  'create unique index quarantine_once on quarantine (tenant_id, hash)'
]
