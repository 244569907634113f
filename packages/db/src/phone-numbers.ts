import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { open, seal } from './envelope.ts'
import { appendEvents, type LogEnd, type NewEvent } from './events.ts'
import { endTokenPause } from './pauses.ts'
import { type Db } from './schema.ts'

/** A business phone number of a tenant's; `id` is Meta's phone number id. */
export type PhoneNumber = { id: string; tenantId: string }

/** What is kept of a number; its token is not shown. */
export type NumberRecord = PhoneNumber & { isDefault: boolean; wabaId: string | null; rate: number | null }

/** What is changed of a number; what is left out stays. A `rate` of null is the senders' default. */
export type NumberChange = { accessToken?: string; wabaId?: string; rate?: number | null; isDefault?: true }

function context({ tenantId, id }: PhoneNumber): string {
  return `phone_number:${tenantId}:${id}`
}

/** What names a token where it cannot be shown: its SHA-256. Tokens are long and random, so nothing is learned from it. */
export function hashToken(accessToken: string): Buffer {
  return createHash('sha256').update(accessToken).digest()
}

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
  const sealed = accessToken === undefined ? null : seal(accessToken, encryptionKey, context(number))
  const hash = accessToken === undefined ? null : hashToken(accessToken)
  return db.transaction().execute(async (trx) => {
    if (isDefault)
      await sql`
      update phone_numbers set is_default = false
      where tenant_id = ${number.tenantId} and is_default and id <> ${number.id}`.execute(trx)
    const before = await trx
      .selectFrom('phone_numbers')
      .select('token_hash')
      .where('id', '=', number.id)
      .forUpdate()
      .executeTakeFirst()
    const { rows } = await sql<{ isNew: boolean }>`
      insert into phone_numbers as n (tenant_id, id, access_token, token_hash, waba_id, rate, is_default)
      values (${number.tenantId}, ${number.id}, ${sealed}, ${hash}, ${wabaId ?? null}, ${rate ?? null}, ${isDefault ?? false})
      on conflict (id) do update set
        access_token = coalesce(excluded.access_token, n.access_token),
        token_hash = coalesce(excluded.token_hash, n.token_hash),
        waba_id = coalesce(excluded.waba_id, n.waba_id),
        rate = case when ${rate !== undefined} then excluded.rate else n.rate end,
        is_default = n.is_default or excluded.is_default
      where n.tenant_id = excluded.tenant_id
      returning n.xmax = 0 as "isNew"`.execute(trx)
    const [saved] = rows
    if (!saved) return undefined
    const old = before?.token_hash
    const events: NewEvent[] =
      hash && old && !hash.equals(old) ? await endTokenPause(trx, number, old.toString('hex')) : []
    return { isNew: saved.isNew, ends: await appendEvents(trx, events) }
  })
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

/**
 * Writes the hashes of tokens that were kept before there were any, so that what is refused with one of them stops its
 * numbers. Tokens that this key does not open are left; their numbers cannot send either. Returns how many were written.
 */
export async function hashTokens(db: Db, encryptionKey: string): Promise<number> {
  const { rows } = await sql<PhoneNumber & { sealed: Buffer }>`
    select id, tenant_id as "tenantId", access_token as sealed from phone_numbers
    where access_token is not null and token_hash is null`.execute(db)
  let written = 0
  for (const { sealed, ...number } of rows) {
    const accessToken = tryOpen(sealed, encryptionKey, number)
    if (accessToken === undefined) continue
    await sql`
      update phone_numbers set token_hash = ${hashToken(accessToken)}
      where id = ${number.id} and access_token = ${sealed}`.execute(db)
    written += 1
  }
  return written
}

function tryOpen(sealed: Buffer, encryptionKey: string, number: PhoneNumber): string | undefined {
  try {
    return open(sealed, encryptionKey, context(number))
  } catch {
    // Sealed with another key: whoever sends with it will say so.
    return undefined
  }
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

/** What a sender needs to know of a number. `accessToken` is an error where the token could not be opened. */
export type SendingNumber = PhoneNumber & {
  wabaId: string | null
  /** Messages per second; null where the default holds. */
  rate: number | null
  accessToken: string | Error
}

/** The numbers of these ids that have a token. */
export async function loadSendingNumbers(db: Db, ids: string[], encryptionKey: string): Promise<SendingNumber[]> {
  const { rows } = await sql<Omit<SendingNumber, 'accessToken'> & { sealed: Buffer }>`
    select id, tenant_id as "tenantId", waba_id as "wabaId", rate, access_token as sealed
    from phone_numbers where id = any(${ids}::text[]) and access_token is not null`.execute(db)
  return rows.map(({ sealed, ...number }) => ({ ...number, accessToken: openOrError(number, sealed, encryptionKey) }))
}

function openOrError(number: PhoneNumber, sealed: Buffer, encryptionKey: string): string | Error {
  try {
    return open(sealed, encryptionKey, context(number))
  } catch (error) {
    // One token that cannot be opened must not keep the others from sending.
    return error instanceof Error ? error : new Error(String(error))
  }
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
