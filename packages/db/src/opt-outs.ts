import { sql } from 'kysely'
import { type NewEvent } from './events.ts'
import { type Db } from './schema.ts'

/** A customer's word on marketing. */
export type Opt = { contactId: number; isOut: boolean; at: Date }

/**
 * Notes what customers want; of two words the later counts, of two at the same time the one against. Returns the events
 * of what changed.
 */
export async function storeOpts(trx: Db, tenantId: string, opts: Opt[]): Promise<NewEvent[]> {
  const last = new Map<number, Opt>()
  for (const opt of opts) {
    const before = last.get(opt.contactId)
    const isLater = !before || opt.at > before.at || (opt.at.getTime() === before.at.getTime() && opt.isOut)
    if (isLater) last.set(opt.contactId, opt)
  }
  if (last.size === 0) return []
  const sorted = [...last.values()].sort((a, b) => a.contactId - b.contactId)
  const { rows } = await sql<{ id: number; changed: boolean }>`
    with before as (
      -- A contact that is merged at this very moment speaks for the one that stays.
      select id, coalesce(merged_into, id) as kept, opted_out from contacts
      where tenant_id = ${tenantId} and id = any(${sorted.map((o) => o.contactId)}::bigint[])
      order by id for no key update
    )
    update contacts c set opted_out = i.is_out, opt_at = i.at
    from before b, unnest(
      ${sorted.map((o) => o.contactId)}::bigint[],
      ${sorted.map((o) => o.isOut)}::boolean[],
      ${sorted.map((o) => o.at)}::timestamptz[]
    ) as i (id, is_out, at)
    where c.id = b.kept and b.id = i.id
      and (c.opt_at is null or c.opt_at < i.at or (c.opt_at = i.at and i.is_out and not c.opted_out))
    returning c.id, b.opted_out <> c.opted_out as changed`.execute(trx)
  return rows
    .filter(({ changed }) => changed)
    .map(({ id }) => ({
      tenantId,
      type: 'contact.updated',
      contactId: id,
      data: { contactId: id, changed: ['opt_out'], optedOut: last.get(id)?.isOut ?? false }
    }))
}
