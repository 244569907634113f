import { sql } from 'kysely'
import { type EraseProgress, type EraseTask } from './erase-task.ts'
import { appendEvents } from './events.ts'
import { eraseMediaOf } from './media-garbage.ts'
import { type Db } from './schema.ts'
import { eventOf, headColumns, type MessageHead } from './state.ts'
import { hashErased } from './traces.ts'

/** Messages that one step takes. */
const chunkMax = 500

type Row = MessageHead & { at: Date }

/**
 * Takes from a contact's messages what they said, to whom, and Meta's id of them; that there was one, when, and what became
 * of it stays to be counted. What was still to be sent is cancelled. Their statuses, attempts and media go.
 */
export async function eraseMessages(trx: Db, task: EraseTask): Promise<EraseProgress> {
  const { tenantId, identity, place } = task
  const { contactIds } = identity
  const media = place === null ? await eraseMedia(trx, tenantId, contactIds) : 0
  const [contactId, at, id] = place === null ? [-1, new Date(0).toISOString(), zeroId] : (JSON.parse(place) as Place)
  const { rows } = await sql<Row>`
    select ${headColumns}, m.at from messages m
    where m.tenant_id = ${tenantId} and m.contact_id = any(${contactIds}::bigint[])
      and (m.contact_id, m.at, m.id) > (${contactId}::bigint, ${at}::timestamptz, ${id}::uuid)
    order by m.contact_id, m.at, m.id limit ${chunkMax} for update`.execute(trx)
  const wamids = rows.flatMap(({ wamid }) => wamid ?? [])
  await buryWamids(trx, task, wamids)
  const statuses = await deleteStatuses(trx, tenantId, wamids)
  await forgetQuotes(trx, tenantId, wamids, contactIds)
  const ids = rows.map((row) => row.id)
  await sql`delete from attempts where message_id = any(${ids}::uuid[])`.execute(trx)
  await blank(trx, ids)
  const last = rows.at(-1)
  return {
    place:
      last && rows.length === chunkMax ? JSON.stringify([last.contactId, last.at.toISOString(), last.id]) : undefined,
    counts: { messages: rows.length, statuses, media },
    ends: await appendEvents(trx, rows.flatMap(cancelled))
  }
}

type Place = [contactId: number, at: string, id: string]
const zeroId = '00000000-0000-0000-0000-000000000000'

async function eraseMedia(trx: Db, tenantId: string, contactIds: number[]): Promise<number> {
  let media = 0
  for (const contactId of contactIds) media += await eraseMediaOf(trx, tenantId, contactId)
  return media
}

/** Late repetitions of these messages, and statuses of them, are known by what stands for their wamids. */
async function buryWamids(trx: Db, { tenantId, encryptionKey }: EraseTask, wamids: string[]): Promise<void> {
  await sql`
    insert into notices (tenant_id, hash)
    select ${tenantId}, hash from unnest(
      ${wamids.map((wamid) => hashErased(encryptionKey, tenantId, wamid))}::bytea[]) as t (hash)
    order by hash
    on conflict (tenant_id, hash) do update set at = now()`.execute(trx)
}

async function deleteStatuses(trx: Db, tenantId: string, wamids: string[]): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    delete from statuses where tenant_id = ${tenantId} and wamid = any(${wamids}::text[])`.execute(trx)
  return Number(numAffectedRows)
}

/** Others may have reacted to these messages, in a group: what they said stays theirs, the id in it goes. */
async function forgetQuotes(trx: Db, tenantId: string, wamids: string[], contactIds: number[]): Promise<void> {
  await sql`
    update messages set target_wamid = null, content = replace(content::text, target_wamid, 'erased')::json
    where tenant_id = ${tenantId} and target_wamid = any(${wamids}::text[])
      and contact_id <> all(${contactIds}::bigint[])`.execute(trx)
}

async function blank(trx: Db, ids: string[]): Promise<void> {
  // Without its claim a POST under way is recorded nowhere.
  await sql`
    update messages set content = '{}', recipient = null, wamid = null, target_wamid = null, error = null, metadata = null,
      state = (case when state in ('scheduled', 'queued') then 'cancelled'
        when state = 'sending' then 'unknown' else state::text end)::message_state,
      claim = null, due_at = null, updated_at = now()
    where id = any(${ids}::uuid[])`.execute(trx)
}

function cancelled(message: Row) {
  const isWaiting = message.state === 'scheduled' || message.state === 'queued'
  return isWaiting ? (eventOf({ ...message, metadata: null, wamid: null }, { state: 'cancelled' }) ?? []) : []
}
