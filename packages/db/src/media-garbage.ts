import { sql } from 'kysely'
import { type Db } from './schema.ts'

/** Stored bytes: of one tenant, by their SHA-256. */
export type StoredBytes = { tenantId: string; hash: Buffer }

/** After its claim has run out, a download may go on for this long before it notices. */
const lateMs = 60_000
/** Bytes that could not be removed are tried again after this, in milliseconds. */
const againMs = 30_000

/**
 * Takes away the media of a contact's messages, for good: the rows now, the bytes as soon as this transaction has
 * committed and the next `sweepGarbage` comes by (ingest's within a second or so), unless another message of the tenant's
 * has the same. Call it before the messages themselves are deleted. Returns how many rows there were.
 */
export async function eraseMediaOf(trx: Db, tenantId: string, contactId: number): Promise<number> {
  // Sorted: whoever throws away the same bytes at once waits and does not deadlock.
  const { rows } = await sql<{ erased: number }>`
    with erased as (
      delete from media using messages m
      where media.message_id = m.id and m.tenant_id = ${tenantId} and m.contact_id = ${contactId}
      returning media.tenant_id, media.hash, media.due_at, media.claim
    ), thrown as (
      insert into media_garbage (tenant_id, hash, keep_until)
      select tenant_id, hash, coalesce(max(due_at) filter (where claim is not null), now()) + ${lateMs} * interval '1 millisecond'
      from erased where hash is not null
      group by tenant_id, hash order by tenant_id, hash
      on conflict (tenant_id, hash) do update
      set due_at = now(), keep_until = greatest(media_garbage.keep_until, excluded.keep_until)
    )
    select count(*) as erased from erased`.execute(trx)
  return rows[0]?.erased ?? 0
}

/** Notes bytes that a download wrote without getting to say so: their row may be gone. */
export async function throwAway(db: Db, { tenantId, hash }: StoredBytes): Promise<void> {
  await sql`
    insert into media_garbage (tenant_id, hash) values (${tenantId}, ${hash})
    on conflict (tenant_id, hash) do update set due_at = now()`.execute(db)
}

type Garbage = StoredBytes & { isLate: boolean }

/**
 * Removes bytes that no row has any more, one after the other, by `remove`. What `remove` rejects is tried again later,
 * after the others; the first such error is thrown in the end. Returns how many were looked at.
 */
export async function sweepGarbage(
  db: Db,
  remove: (bytes: StoredBytes) => Promise<void>,
  limit: number
): Promise<number> {
  const errors: unknown[] = []
  let done = 0
  while (done < limit && (await db.transaction().execute((trx) => sweepOne(trx, remove, errors)))) done++
  if (errors.length > 0) throw errors[0]
  return done
}

async function sweepOne(trx: Db, remove: (bytes: StoredBytes) => Promise<void>, errors: unknown[]): Promise<boolean> {
  const { rows } = await sql<Garbage>`
    select tenant_id as "tenantId", hash, keep_until > now() as "isLate" from media_garbage
    where due_at <= now() order by due_at limit 1 for update skip locked`.execute(trx)
  const [bytes] = rows
  if (!bytes) return false
  await lockBytes(trx, bytes)
  const { tenantId, hash, isLate } = bytes
  const { rows: holders } = await sql`
    select 1 from media where tenant_id = ${tenantId} and hash = ${hash} limit 1`.execute(trx)
  const row = sql`tenant_id = ${tenantId} and hash = ${hash}`
  try {
    if (holders.length === 0) await remove({ tenantId, hash })
    if (holders.length === 0 && isLate)
      await sql`update media_garbage set due_at = keep_until where ${row}`.execute(trx)
    else await sql`delete from media_garbage where ${row}`.execute(trx)
  } catch (error) {
    errors.push(error)
    const again = sql`now() + ${againMs} * interval '1 millisecond'`
    await sql`update media_garbage set due_at = ${again} where ${row}`.execute(trx)
  }
  return true
}

/** Holds these bytes until the transaction ends, against whoever writes or removes them. */
export async function lockBytes(trx: Db, { tenantId, hash }: StoredBytes): Promise<void> {
  const name = `media:${tenantId}:${hash.toString('hex')}`
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(trx)
}
