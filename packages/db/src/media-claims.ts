import { createId } from '@wag/contracts'
import { sql } from 'kysely'
import { lockBytes, type StoredBytes, throwAway } from './media-garbage.ts'
import { type Db } from './schema.ts'

/** A medium that its holder may fetch until the claim runs out. */
export type ClaimedMedia = {
  id: string
  tenantId: string
  claim: string
  phoneNumberId: string
  metaId: string
  mimeType: string | null
  /** The hash that the webhook told. */
  expected: Buffer | null
  /** Claims so far, this one counted. */
  attempts: number
  /** Answers so far that cannot be right. */
  faults: number
  /** When it was noted, or asked for anew. */
  since: Date
}

/** Claims media that are due, the longest due first, each for `leaseMs`. */
export async function claimMedia(db: Db, limit: number, leaseMs: number): Promise<ClaimedMedia[]> {
  const claim = createId()
  const { rows } = await sql<Omit<ClaimedMedia, 'claim'>>`
    with due as (
      select id from media where due_at <= now() order by due_at limit ${limit} for update skip locked
    )
    update media m set claim = ${claim}, attempts = m.attempts + 1, due_at = now() + ${leaseMs} * interval '1 millisecond'
    from due where m.id = due.id
    returning m.id, m.tenant_id as "tenantId", m.phone_number_id as "phoneNumberId", m.meta_id as "metaId",
      m.mime_type as "mimeType", m.expected, m.attempts, m.faults, m.since`.execute(db)
  return rows.map((row) => ({ ...row, claim }))
}

type Held = { id: string; claim: string }

/** Prolongs claims and returns the ids of those that are still held; the others belong to somebody else, or are erased. */
export async function renewMedia(db: Db, held: Held[], leaseMs: number): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    update media m set due_at = now() + ${leaseMs} * interval '1 millisecond'
    from unnest(${held.map(({ id }) => id)}::uuid[], ${held.map(({ claim }) => claim)}::uuid[]) as h (id, claim)
    where m.id = h.id and m.claim = h.claim
    returning m.id`.execute(db)
  return new Set(rows.map(({ id }) => id))
}

/** Gives claims back that nothing came of, because the process ends: they are due at once, and the attempt does not count. */
export async function releaseMedia(db: Db, held: Held[]): Promise<void> {
  await sql`
    update media m set due_at = now(), claim = null, attempts = m.attempts - 1
    from unnest(${held.map(({ id }) => id)}::uuid[], ${held.map(({ claim }) => claim)}::uuid[]) as h (id, claim)
    where m.id = h.id and m.claim = h.claim`.execute(db)
}

/**
 * Says which bytes are about to be written, before they are: so whoever throws away the same bytes of another row sees
 * that they are wanted, and an erasure knows what to remove. False where the claim is lost; then nothing may be written.
 */
export async function reserveMedia(db: Db, held: Held, bytes: StoredBytes): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    await lockBytes(trx, bytes)
    const { rows } = await sql<{ before: Buffer | null }>`
      update media m set hash = ${bytes.hash}
      from (select id, hash from media where id = ${held.id} for update) as old
      where m.id = old.id and m.claim = ${held.claim}
      returning old.hash as before`.execute(trx)
    const [row] = rows
    if (row?.before && !row.before.equals(bytes.hash)) await throwAway(trx, { ...bytes, hash: row.before })
    return row !== undefined
  })
}
