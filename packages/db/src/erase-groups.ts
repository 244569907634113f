import { sql } from 'kysely'
import { type EraseProgress, type EraseTask } from './erase-task.ts'
import { type Db } from './schema.ts'
import { textSpeaksOf, wamidPattern } from './traces.ts'

/** Messages that one step takes. */
const chunkMax = 500

/** In groups statuses name every member, and a message of ours may quote one of theirs. */
export async function eraseInGroups(trx: Db, { tenantId, identity, place }: EraseTask): Promise<EraseProgress> {
  const { rows } = await sql<{ id: string; wamid: string | null }>`
    select m.id, m.wamid from messages m
    where m.tenant_id = ${tenantId} and m.direction = 'out' and m.id > ${place ?? zeroId}
      and m.contact_id in (select id from contacts where tenant_id = ${tenantId} and group_id is not null)
    order by m.id limit ${chunkMax}`.execute(trx)
  const ids = rows.map(({ id }) => id)
  const { numAffectedRows = 0n } = await sql`
    delete from statuses
    where tenant_id = ${tenantId} and wamid = any(${rows.flatMap(({ wamid }) => wamid ?? [])}::text[])
      and ${textSpeaksOf(sql`participant || ' ' || content::text`, identity)}`.execute(trx)
  await sql`
    update messages set content = regexp_replace(content::text, ${wamidPattern(identity)}, 'erased', 'g')::json
    where id = any(${ids}::uuid[]) and ${textSpeaksOf(sql`content::text`, identity)}`.execute(trx)
  return {
    place: ids.length === chunkMax ? ids.at(-1) : undefined,
    counts: { statuses: Number(numAffectedRows) }
  }
}

const zeroId = '00000000-0000-0000-0000-000000000000'
