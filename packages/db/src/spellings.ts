import { sql } from 'kysely'
import { appendEvents, type LogEnd } from './events.ts'
import { type Db } from './schema.ts'
import { upsertContacts } from './upsert-contacts.ts'

/** A message that was sent to a number which Meta writes in another way: Brazilian and Mexican ones, mostly. */
export type Respelled = { messageId: string; waId: string }

/**
 * Makes one contact of the number a message was sent to and the one Meta made of it, which its owner's answers will come
 * from. Returns where the event logs end now.
 */
export async function linkSpellings(db: Db, respelled: Respelled[]): Promise<LogEnd[]> {
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ tenantId: string; recipient: string; waId: string; at: Date }>`
      select distinct m.tenant_id as "tenantId", m.recipient, i.wa_id as "waId", now() as at
      from messages m join unnest(
        ${respelled.map(({ messageId }) => messageId)}::uuid[], ${respelled.map(({ waId }) => waId)}::text[]
      ) as i (id, wa_id) on m.id = i.id
      where m.recipient_kind = 'phone' and m.recipient <> i.wa_id
      order by 1, 2`.execute(trx)
    const ends: LogEnd[] = []
    for (const [tenantId, theirs] of Map.groupBy(rows, (row) => row.tenantId)) {
      const profiles = theirs.map(({ waId, recipient, at }) => ({ waId, otherWaId: recipient, at }))
      const { events } = await upsertContacts(trx, tenantId, profiles)
      ends.push(...(await appendEvents(trx, events)))
    }
    return ends
  })
}
