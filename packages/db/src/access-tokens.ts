import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { open, seal } from './envelope.ts'
import { type Db } from './schema.ts'

/** A business phone number of a tenant's; `id` is Meta's phone number id. */
export type PhoneNumber = { id: string; tenantId: string }

function context({ tenantId, id }: PhoneNumber): string {
  return `phone_number:${tenantId}:${id}`
}

/** Encrypts a number's token, so that it can be opened in this number's row only. */
export function sealToken(number: PhoneNumber, accessToken: string, encryptionKey: string): Buffer {
  return seal(accessToken, encryptionKey, context(number))
}

/** What names a token where it cannot be shown: its SHA-256. Tokens are long and random, so nothing is learned from it. */
export function hashToken(accessToken: string): Buffer {
  return createHash('sha256').update(accessToken).digest()
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
  /** SHA-256 of the token in hex, as the row has it. */
  tokenHash: string | null
}

/** The numbers of these ids that have a token. */
export async function loadSendingNumbers(db: Db, ids: string[], encryptionKey: string): Promise<SendingNumber[]> {
  const { rows } = await sql<Omit<SendingNumber, 'accessToken'> & { sealed: Buffer }>`
    select id, tenant_id as "tenantId", waba_id as "wabaId", rate, access_token as sealed,
      encode(token_hash, 'hex') as "tokenHash"
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
    const accessToken = openOrError(number, sealed, encryptionKey)
    // Sealed with another key: whoever sends with it will say so.
    if (typeof accessToken !== 'string') continue
    await sql`
      update phone_numbers set token_hash = ${hashToken(accessToken)}
      where id = ${number.id} and access_token = ${sealed}`.execute(db)
    written += 1
  }
  return written
}
