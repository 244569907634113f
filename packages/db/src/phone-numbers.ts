import { sql } from 'kysely'
import { hashToken, type PhoneNumber, sealToken } from './access-tokens.ts'
import { appendEvents, type LogEnd, type NewEvent } from './events.ts'
import { endTokenPause } from './pauses.ts'
import { type Db } from './schema.ts'

/** What is kept of a number; its token is not shown. */
export type NumberRecord = PhoneNumber & { isDefault: boolean; wabaId: string | null; rate: number | null }

/** What is changed of a number; what is left out stays. A `rate` of null is the senders' default. */
export type NumberChange = { accessToken?: string; wabaId?: string; rate?: number | null; isDefault?: true }

/**
 * Makes or changes a number. A new token ends the pause of the one before. `isNew` tells whether it was made; undefined
 * where the number is another tenant's.
 */
export async function saveNumber(
  db: Db,
  number: PhoneNumber,
  change: NumberChange,
  encryptionKey: string
): Promise<{ isNew: boolean; ends: LogEnd[] } | undefined> {
  const { accessToken, wabaId, rate, isDefault } = change
  const sealed = accessToken === undefined ? null : sealToken(number, accessToken, encryptionKey)
  const hash = accessToken === undefined ? null : hashToken(accessToken)
  return db.transaction().execute(async (trx) => {
    const before = await trx
      .selectFrom('phone_numbers')
      .select('token_hash')
      .where('id', '=', number.id)
      .forUpdate()
      .executeTakeFirst()
    const { rows } = await sql<{ isNew: boolean }>`
      insert into phone_numbers as n (tenant_id, id, access_token, token_hash, waba_id, rate)
      values (${number.tenantId}, ${number.id}, ${sealed}, ${hash}, ${wabaId ?? null}, ${rate ?? null})
      on conflict (id) do update set
        access_token = coalesce(excluded.access_token, n.access_token),
        token_hash = coalesce(excluded.token_hash, n.token_hash),
        waba_id = coalesce(excluded.waba_id, n.waba_id),
        rate = case when ${rate !== undefined} then excluded.rate else n.rate end
      where n.tenant_id = excluded.tenant_id
      returning n.xmax = 0 as "isNew"`.execute(trx)
    const [saved] = rows
    if (!saved) return undefined
    if (isDefault) await makeDefault(trx, number)
    const old = before?.token_hash
    const events: NewEvent[] =
      hash && old && !hash.equals(old) ? await endTokenPause(trx, number, old.toString('hex')) : []
    return { isNew: saved.isNew, ends: await appendEvents(trx, events) }
  })
}

/**
 * In two statements: a tenant has one default at every moment, within a statement too. One change after the other, since
 * the second does not see what the first has not committed.
 */
async function makeDefault(trx: Db, { tenantId, id }: PhoneNumber): Promise<void> {
  await sql`select from tenants where id = ${tenantId} for no key update`.execute(trx)
  await sql`
    update phone_numbers set is_default = false
    where tenant_id = ${tenantId} and is_default and id <> ${id}`.execute(trx)
  await sql`
    update phone_numbers set is_default = true
    where tenant_id = ${tenantId} and id = ${id} and not is_default`.execute(trx)
}

/** Makes a number its tenant's default and keeps its Meta token, encrypted. */
export async function saveDefaultNumber(
  db: Db,
  number: PhoneNumber,
  accessToken: string,
  encryptionKey: string
): Promise<void> {
  await saveNumber(db, number, { accessToken, isDefault: true }, encryptionKey)
}

/** A tenant's numbers after the id `after`, by id; or the one of this id. */
export async function listNumbers(
  db: Db,
  tenantId: string,
  wanted: { id: string } | { after: string; limit: number }
): Promise<NumberRecord[]> {
  const query = db
    .selectFrom('phone_numbers')
    .select(['id', 'tenant_id as tenantId', 'is_default as isDefault', 'waba_id as wabaId', 'rate'])
    .where('tenant_id', '=', tenantId)
  if ('id' in wanted) return query.where('id', '=', wanted.id).execute()
  return query.where('id', '>', wanted.after).orderBy('id').limit(wanted.limit).execute()
}

/**
 * The number of a tenant's that a message is sent from: the one asked for, else the default, else the only one; undefined
 * where there is none such or it has no token.
 */
export async function findSendingNumber(db: Db, tenantId: string, asked?: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string; isDefault: boolean }>`
    select id, is_default as "isDefault" from phone_numbers
    where tenant_id = ${tenantId} and access_token is not null ${asked === undefined ? sql`` : sql`and id = ${asked}`}
    order by is_default desc limit 2`.execute(db)
  const [first] = rows
  return first?.isDefault || rows.length === 1 ? first?.id : undefined
}

/** Which of these numbers belong to which tenant; numbers nobody has are left out. */
export async function findNumberTenants(db: Db, ids: string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; tenant_id: string }>`
    select id, tenant_id from phone_numbers where id = any(${ids}::text[])`.execute(db)
  return new Map(rows.map((row) => [row.id, row.tenant_id]))
}
