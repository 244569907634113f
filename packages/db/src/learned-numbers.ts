import { sql } from 'kysely'
import { type Db } from './schema.ts'

/** A number of ours, with what webhooks have told of it: its account, and its digits. */
export type KnownNumber = { id: string; tenantId: string; wabaId: string | null; displayNumber: string | null }

/** Which of these numbers are whose; numbers nobody has are left out. */
export async function findNumbers(db: Db, ids: string[]): Promise<Map<string, KnownNumber>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<KnownNumber>`
    select id, tenant_id as "tenantId", waba_id as "wabaId", display_number as "displayNumber"
    from phone_numbers where id = any(${ids}::text[])`.execute(db)
  return new Map(rows.map((row) => [row.id, row]))
}

/** Notes to which account numbers belong and what their digits are. */
export async function learnNumbers(trx: Db, numbers: KnownNumber[]): Promise<void> {
  if (numbers.length === 0) return
  const sorted = [...numbers].sort((a, b) => (a.id < b.id ? -1 : 1))
  await sql`
    update phone_numbers n
    set waba_id = coalesce(i.waba_id, n.waba_id), display_number = coalesce(i.display_number, n.display_number)
    from unnest(
      ${sorted.map(({ id }) => id)}::text[],
      ${sorted.map(({ wabaId }) => wabaId)}::text[],
      ${sorted.map(({ displayNumber }) => displayNumber)}::text[]
    ) as i (id, waba_id, display_number)
    where n.id = i.id`.execute(trx)
}

/**
 * The number that a report is about, which names it by its digits or its id; where nothing has told us those yet, the
 * only number of the account, or of a tenant that has but one.
 */
export async function findNumberOf(
  trx: Db,
  tenantId: string,
  accountId: string,
  key: string
): Promise<KnownNumber | undefined> {
  const { rows } = await sql<KnownNumber & { isNamed: boolean }>`
    select id, tenant_id as "tenantId", waba_id as "wabaId", display_number as "displayNumber",
      (id = ${key} or display_number = ${key}) is true as "isNamed"
    from phone_numbers
    where tenant_id = ${tenantId} and (id = ${key} or display_number = ${key}
      or (display_number is null and (waba_id is null or waba_id = ${accountId})))
    order by "isNamed" desc limit 2`.execute(trx)
  const [first, second] = rows
  return first?.isNamed || !second ? first : undefined
}

/** Notes that an account's only number in a tenant that has but one must be this one, where nothing has told so yet. */
export async function learnOnlyNumber(trx: Db, tenantId: string, accountId: string): Promise<void> {
  await sql`
    update phone_numbers set waba_id = ${accountId}
    where tenant_id = ${tenantId} and waba_id is null
      and (select count(*) from phone_numbers where tenant_id = ${tenantId}) = 1`.execute(trx)
}

/** Messages per second of a number that Meta has upgraded. */
export const upgradedRate = 1_000

/** Raises a number's pace; one that is higher already, or that an operator has set higher, stays. Returns whether it rose. */
export async function raiseRate(trx: Db, id: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update phone_numbers set rate = ${upgradedRate}
    where id = ${id} and (rate is null or rate < ${upgradedRate})`.execute(trx)
  return (numAffectedRows ?? 0n) > 0n
}
