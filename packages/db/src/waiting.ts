import { sql } from 'kysely'
import { type Db } from './schema.ts'

/** What waits to be sent from a number, counted up to a limit, and what nobody has settled. */
export type Waiting = { otp: number; normal: number; bulk: number; unknown: number; oldestDueAt: Date | null }

type Row = { id: string; priority: number; many: number; oldestDueAt: Date | null }

/**
 * What waits at each of these numbers, by priority, scheduled messages with it. No count goes beyond `max`, so that asking
 * costs no more with a million messages than with a few.
 */
export async function countWaiting(db: Db, numberIds: string[], max: number): Promise<Map<string, Waiting>> {
  const { rows } = await sql<Row>`
    select n.id, p.priority, w.many, w.oldest as "oldestDueAt"
    from unnest(${numberIds}::text[]) as n (id)
    cross join (values (0::smallint), (1::smallint), (2::smallint)) as p (priority)
    cross join lateral (
      select count(*) as many, min(due_at) as oldest from (
        select m.due_at from messages m
        where m.phone_number_id = n.id and m.priority = p.priority and m.claim is null and m.due_at is not null
        order by m.due_at limit ${max}
      ) as first
    ) as w`.execute(db)
  const unknowns = await countUnknown(db, numberIds, max)
  const found = new Map<string, Waiting>()
  for (const { id, priority, many, oldestDueAt } of rows) {
    const waiting = found.get(id) ?? { otp: 0, normal: 0, bulk: 0, unknown: unknowns.get(id) ?? 0, oldestDueAt: null }
    const name = priority === 0 ? 'otp' : priority === 1 ? 'normal' : 'bulk'
    const oldest = [waiting.oldestDueAt, oldestDueAt].filter((at) => at !== null).sort((a, b) => +a - +b)[0] ?? null
    found.set(id, { ...waiting, [name]: many, oldestDueAt: oldest })
  }
  return found
}

/** Unknown messages looked at: a limit for each number would need an index of its own. */
const looksMax = 100_000

/** Messages in `unknown` by number; those keep the claim they were posted under, and so the index of claims finds them. */
async function countUnknown(db: Db, numberIds: string[], max: number): Promise<Map<string, number>> {
  const { rows } = await sql<{ id: string; many: number }>`
    select id, least(count(*), ${max}::bigint) as many from (
      select m.phone_number_id as id from messages m
      where m.claim is not null and m.due_at is not null and m.state = 'unknown'
        and m.phone_number_id = any(${numberIds}::text[]) limit ${looksMax}
    ) as unknown group by id`.execute(db)
  return new Map(rows.map(({ id, many }) => [id, many]))
}
