import { sql } from 'kysely'
import { open, seal } from './envelope.ts'
import { type Db } from './schema.ts'

/** A business phone number of a tenant's; `id` is Meta's phone number id. */
export type PhoneNumber = { id: string; tenantId: string }

function context({ tenantId, id }: PhoneNumber): string {
  return `phone_number:${tenantId}:${id}`
}

/** Makes a number its tenant's default and keeps its Meta token, encrypted. */
export async function saveDefaultNumber(
  db: Db,
  number: PhoneNumber,
  accessToken: string,
  encryptionKey: string
): Promise<void> {
  const sealed = seal(accessToken, encryptionKey, context(number))
  await db.transaction().execute(async (trx) => {
    await sql`
      update phone_numbers set is_default = false
      where tenant_id = ${number.tenantId} and is_default and id <> ${number.id}`.execute(trx)
    await sql`
      insert into phone_numbers (tenant_id, id, access_token, is_default)
      values (${number.tenantId}, ${number.id}, ${sealed}, true)
      on conflict (id) do update set access_token = excluded.access_token, is_default = true
      where phone_numbers.tenant_id = excluded.tenant_id`.execute(trx)
  })
}

/** The Meta token of a number; undefined where it has none. Throws where `encryptionKey` is not the one it was kept with. */
export async function loadAccessToken(db: Db, number: PhoneNumber, encryptionKey: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('phone_numbers')
    .select('access_token')
    .where('tenant_id', '=', number.tenantId)
    .where('id', '=', number.id)
    .executeTakeFirst()
  return row?.access_token ? open(row.access_token, encryptionKey, context(number)) : undefined
}

/** Every number that can send: those with a token. */
export async function listSendingNumbers(db: Db): Promise<PhoneNumber[]> {
  const rows = await db
    .selectFrom('phone_numbers')
    .select(['id', 'tenant_id'])
    .where('access_token', 'is not', null)
    .orderBy('id')
    .execute()
  return rows.map((row) => ({ id: row.id, tenantId: row.tenant_id }))
}

/** The number a tenant sends from when it names none. */
export async function findDefaultNumber(db: Db, tenantId: string): Promise<PhoneNumber | undefined> {
  const row = await db
    .selectFrom('phone_numbers')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('is_default', '=', true)
    .executeTakeFirst()
  return row && { id: row.id, tenantId }
}

/** Which of these numbers belong to which tenant; numbers nobody has are left out. */
export async function findNumberTenants(db: Db, ids: string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; tenant_id: string }>`
    select id, tenant_id from phone_numbers where id = any(${ids}::text[])`.execute(db)
  return new Map(rows.map((row) => [row.id, row.tenant_id]))
}
