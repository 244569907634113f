import { type OutboundContent } from '@wag/contracts'
import { sql } from 'kysely'
import { type Db } from './schema.ts'

/** A message a caller asks us to send. `recipient` is the phone number in digits, with its country code. */
export type NewMessage = {
  id: string
  tenantId: string
  phoneNumberId: string
  recipient: string
  content: OutboundContent
}

/**
 * Commits messages as `queued`, in one statement; a contact is made for every recipient that has none. When it returns,
 * every message of the batch is in the ledger; when it throws, none is.
 */
export async function acceptMessages(db: Db, messages: NewMessage[]): Promise<void> {
  const column = <T>(pick: (message: NewMessage) => T): T[] => messages.map(pick)
  await sql`
    with input as (
      select * from unnest(
        ${column((m) => m.id)}::uuid[],
        ${column((m) => m.tenantId)}::uuid[],
        ${column((m) => m.phoneNumberId)}::text[],
        ${column((m) => m.recipient)}::text[],
        ${column((m) => m.content.type)}::text[],
        ${column((m) => JSON.stringify(m.content))}::json[]
      ) as t (id, tenant_id, phone_number_id, recipient, type, content)
    ), known as (
      select c.tenant_id, c.wa_id, c.id from contacts c
      where (c.tenant_id, c.wa_id) in (select tenant_id, recipient from input)
    ), made as (
      insert into contacts (tenant_id, wa_id)
      select distinct tenant_id, recipient from input
      where (tenant_id, recipient) not in (select tenant_id, wa_id from known)
      order by tenant_id, recipient
      -- Somebody else may make the same contact between our look and our insert: DO NOTHING would return no id.
      on conflict (tenant_id, wa_id) do update set wa_id = excluded.wa_id
      returning tenant_id, wa_id, id
    ), contact as (
      select * from known union all select tenant_id, wa_id, id from made
    )
    insert into messages (tenant_id, id, direction, phone_number_id, contact_id, recipient, state, type, content, at, due_at)
    select i.tenant_id, i.id, 'out', i.phone_number_id, c.id, i.recipient, 'queued', i.type, i.content, now(), now()
    from input i join contact c on c.tenant_id = i.tenant_id and c.wa_id = i.recipient`.execute(db)
}
