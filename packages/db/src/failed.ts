import { sql } from 'kysely'
import { type RefusedNumber } from './paused.ts'
import { type Db } from './schema.ts'

/** What must be known of a send that failed to see what else would fail now. */
export type FailedSend = {
  messageId: string
  contactId: number
  attempts: number
  template: string | null
  number: RefusedNumber
}

type Row = Omit<FailedSend, 'number'> & Pick<RefusedNumber, 'wabaId' | 'tokenHash'> & { numberId: string }

/** The sends of these ids, with their numbers as they are now; those whose number is gone are left out. */
export async function findFailed(trx: Db, tenantId: string, ids: string[]): Promise<Map<string, FailedSend>> {
  const { rows } = await sql<Row>`
    select m.id as "messageId", m.contact_id as "contactId", m.attempts, n.id as "numberId", n.waba_id as "wabaId",
      encode(n.token_hash, 'hex') as "tokenHash",
      case when m.type = 'template' then m.content -> 'template' ->> 'name' end as template
    from messages m join phone_numbers n on n.tenant_id = m.tenant_id and n.id = m.phone_number_id
    where m.id = any(${ids}::uuid[])`.execute(trx)
  return new Map(
    rows.map(({ numberId, wabaId, tokenHash, ...send }) => [
      send.messageId,
      { ...send, number: { tenantId, id: numberId, wabaId, tokenHash } }
    ])
  )
}
