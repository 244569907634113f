import { type Kysely, sql } from 'kysely'

/**
 * A contact is looked for by the one id that it has. Unique indexes that hold contacts without that id, too, are written
 * for nothing; worse, PostgreSQL may take one for the look-up of a foreign key (its first column fits, and while the table
 * is small it costs no more) and keep to it while all contacts of a tenant come to stand under one null.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const column of ['wa_id', 'user_id', 'group_id']) {
    await sql.raw(`alter table contacts drop constraint contacts_tenant_id_${column}_key`).execute(db)
    await sql
      .raw(`create unique index contacts_by_${column} on contacts (tenant_id, ${column}) where ${column} is not null`)
      .execute(db)
  }
}
