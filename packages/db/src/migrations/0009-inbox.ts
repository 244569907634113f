import { type Kysely, sql } from 'kysely'

/** Webhooks that can be seen and repeated: how often one failed, and what of it was put aside. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  // retry_at: not before, by ingest's sweep. erased_at: the body is gone, because it spoke of somebody who was erased.
  `alter table inbox
    add column attempts smallint not null default 0,
    add column retry_at timestamptz,
    add column last_error text,
    add column erased_at timestamptz`,
  "create index inbox_quarantined on inbox (id) where (result->>'quarantined')::integer > 0",

  // replayed_at: its webhook is being processed once more; what does not come up again then goes.
  'alter table quarantine add column replayed_at timestamptz',
  'create index quarantine_of_webhook on quarantine (inbox_id)'
]
