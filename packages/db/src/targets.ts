import { type EventType } from '@wag/contracts'
import { sql } from 'kysely'
import { appendEvents, type LogEnd, type NewEvent } from './events.ts'
import { type Db } from './schema.ts'

/** A reaction, an edit or a revocation that has found the message it is about. */
export type Amendment = {
  tenantId: string
  contactId: number
  phoneNumberId: string
  type: string
  content: Record<string, unknown>
  targetId: string
  targetWamid: string
  direction: 'in' | 'out'
}

/** How an event shows what an amendment says; it knows Meta's shapes. */
export type Describe = (type: string, content: Record<string, unknown>) => { body: string; link: string }

const eventTypes = new Map<string, EventType>([
  ['reaction', 'message.reaction'],
  ['edit', 'message.edited'],
  ['revoke', 'message.revoked']
])

/**
 * Joins reactions, edits and revocations with the messages they are about: of those that refer to one of `wamids`, and of
 * those stored under one of them. Returns the events; one that a newer one of the same kind and person has overtaken
 * joins without.
 */
export async function joinTargets(
  trx: Db,
  tenantId: string,
  wamids: string[],
  describe: Describe
): Promise<NewEvent[]> {
  if (wamids.length === 0) return []
  const { rows } = await sql<Amendment & { isLast: boolean }>`
    with parked as (
      select m.id from messages m
      where m.tenant_id = ${tenantId} and m.target_wamid = any(${wamids}::text[]) and m.target_id is null
    ), joined as (
      update messages m set target_id = t.id
      from parked p, messages t
      where m.id = p.id and t.tenant_id = ${tenantId} and t.wamid = m.target_wamid and t.id <> m.id
      returning m.*, t.direction as target_direction
    )
    select j.tenant_id as "tenantId", j.contact_id as "contactId", j.phone_number_id as "phoneNumberId", j.type, j.content,
      j.target_id as "targetId", j.target_wamid as "targetWamid", j.target_direction as direction,
      not exists (
        select from messages n
        where n.tenant_id = j.tenant_id and n.target_wamid = j.target_wamid and n.type = j.type
          and n.contact_id = j.contact_id and (n.at, n.wamid collate "C") > (j.at, j.wamid)
      ) as "isLast"
    from joined j order by j.at, j.id`.execute(trx)
  return rows.filter(({ isLast }) => isLast).flatMap((row) => eventOf(row, describe) ?? [])
}

function eventOf(amendment: Amendment, describe: Describe): NewEvent | undefined {
  const type = eventTypes.get(amendment.type)
  if (!type) return undefined
  return {
    tenantId: amendment.tenantId,
    type,
    contactId: amendment.contactId,
    messageId: amendment.targetId,
    data: {
      messageId: amendment.targetId,
      wamid: amendment.targetWamid,
      contactId: amendment.contactId,
      phoneNumberId: amendment.phoneNumberId,
      direction: amendment.direction,
      ...(amendment.type !== 'revoke' && describe(amendment.type, amendment.content))
    }
  }
}

/**
 * Joins what was stored within the last `withinMs` and missed its message: the two may have been committed at the same
 * moment, or the message was one of ours and has got its wamid since.
 */
export async function repairTargets(db: Db, withinMs: number, limit: number, describe: Describe): Promise<LogEnd[]> {
  const { rows: late } = await sql<{ tenantId: string; wamid: string }>`
    select distinct m.tenant_id as "tenantId", m.target_wamid as wamid
    from messages m join messages t on t.tenant_id = m.tenant_id and t.wamid = m.target_wamid and t.id <> m.id
    where m.target_wamid is not null and m.target_id is null
      and m.created_at > now() - ${withinMs} * interval '1 millisecond'
    limit ${limit}`.execute(db)
  if (late.length === 0) return []
  return db.transaction().execute(async (trx) => {
    const events: NewEvent[] = []
    for (const [tenantId, rows] of Map.groupBy(late, (row) => row.tenantId)) {
      events.push(
        ...(await joinTargets(
          trx,
          tenantId,
          rows.map(({ wamid }) => wamid),
          describe
        ))
      )
    }
    return appendEvents(trx, events)
  })
}

/** Which of these messages refer to one that is not known yet. */
export async function findUntargeted(trx: Db, tenantId: string, wamids: string[]): Promise<Set<string>> {
  if (wamids.length === 0) return new Set()
  const { rows } = await sql<{ wamid: string }>`
    select wamid from messages
    where tenant_id = ${tenantId} and wamid = any(${wamids}::text[]) and direction = 'in'
      and target_wamid is not null and target_id is null`.execute(trx)
  return new Set(rows.map(({ wamid }) => wamid))
}

/** What has been said of a message since: by whom, when, and Meta's object. */
export type Amended = { wamid: string; type: string; contactId: number; at: Date; content: Record<string, unknown> }

/** The last reaction, edit and revocation of each person, of messages by their wamids. */
export async function findAmendments(db: Db, tenantId: string, wamids: string[]): Promise<Amended[]> {
  const { rows } = await sql<Amended>`
    select distinct on (m.target_wamid, m.type, m.contact_id)
      m.target_wamid as wamid, m.type, m.contact_id as "contactId", m.at, m.content
    from messages m
    where m.tenant_id = ${tenantId} and m.target_wamid = any(${wamids}::text[])
    order by m.target_wamid, m.type, m.contact_id, m.at desc, m.wamid collate "C" desc`.execute(db)
  return rows
}
