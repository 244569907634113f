import { sql } from 'kysely'
import { type Db } from './schema.ts'
import { hashErased } from './traces.ts'

/** Somebody who was erased: up to when what they wrote is not to come back, and whether they are a contact again. */
export type Erased = { erasedAt: Date; isBack: boolean }

/** Whether anybody of a tenant's was erased: nearly always nobody, and then nothing else has to be asked. */
export async function hasErased(trx: Db, tenantId: string): Promise<boolean> {
  const { rows } = await sql`select 1 from erased_persons where tenant_id = ${tenantId} limit 1`.execute(trx)
  return rows.length > 0
}

/** Which of these numbers and user ids are of persons who were erased. */
export async function findErased(
  trx: Db,
  tenantId: string,
  values: string[],
  encryptionKey: string
): Promise<Map<string, Erased>> {
  const unique = [...new Set(values)]
  const byHash = new Map(unique.map((value) => [hashErased(encryptionKey, tenantId, value).toString('hex'), value]))
  const hashes = [...byHash.keys()].map((hash) => Buffer.from(hash, 'hex'))
  const { rows } = await sql<{ hash: Buffer; erasedAt: Date }>`
    select hash, erased_at as "erasedAt" from erased_persons
    where tenant_id = ${tenantId} and hash = any(${hashes}::bytea[])`.execute(trx)
  if (rows.length === 0) return new Map()
  const erased = rows.flatMap(({ hash, erasedAt }) => {
    const value = byHash.get(hash.toString('hex'))
    return value === undefined ? [] : [{ value, erasedAt }]
  })
  const back = await findBack(
    trx,
    tenantId,
    erased.map(({ value }) => value)
  )
  return new Map(erased.map(({ value, erasedAt }) => [value, { erasedAt, isBack: back.has(value) }]))
}

async function findBack(trx: Db, tenantId: string, values: string[]): Promise<Set<string>> {
  const { rows } = await sql<{ value: string }>`
    select wa_id as value from contacts where tenant_id = ${tenantId} and wa_id = any(${values}::text[])
    union all
    select user_id from contacts where tenant_id = ${tenantId} and user_id = any(${values}::text[])`.execute(trx)
  return new Set(rows.map(({ value }) => value))
}

/** Which of these messages were of a contact that was erased. */
export async function findErasedMessages(trx: Db, tenantId: string, ids: string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const { rows } = await sql<{ id: string }>`
    select m.id from messages m join contacts c on c.tenant_id = m.tenant_id and c.id = m.contact_id
    where m.tenant_id = ${tenantId} and m.id = any(${ids}::uuid[]) and c.erased_at is not null`.execute(trx)
  return new Set(rows.map(({ id }) => id))
}

/** Which of these wamids are of messages that were erased. */
export async function findErasedWamids(
  trx: Db,
  tenantId: string,
  wamids: string[],
  encryptionKey: string
): Promise<Set<string>> {
  if (wamids.length === 0) return new Set()
  const byHash = new Map(wamids.map((wamid) => [hashErased(encryptionKey, tenantId, wamid).toString('hex'), wamid]))
  const { rows } = await sql<{ hash: Buffer }>`
    select hash from notices
    where tenant_id = ${tenantId} and hash = any(${[...byHash.keys()].map((hash) => Buffer.from(hash, 'hex'))}::bytea[])
  `.execute(trx)
  return new Set(rows.flatMap(({ hash }) => byHash.get(hash.toString('hex')) ?? []))
}
