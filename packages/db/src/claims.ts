import { type OutboundContent } from '@wag/contracts'
import { sql } from 'kysely'
import { type Db } from './schema.ts'

/** A wish to send one message; `claim` is a fresh id that only the claimant knows. */
export type ClaimRequest = { messageId: string; claim: string }

/** A message that is ours to send, once. */
export type ClaimedMessage = {
  messageId: string
  claim: string
  tenantId: string
  phoneNumberId: string
  recipient: string
  content: OutboundContent
  attempts: number
}

type Row = {
  id: string
  claim: string
  tenant_id: string
  phone_number_id: string
  recipient: string
  content: OutboundContent
  attempts: number
}

/**
 * Turns due messages from `queued` to `sending`, each for one claimant: the permission to make one POST to Meta. The
 * result stands in the order of the requests; undefined where there was nothing to claim (somebody else has it, it is not
 * due, it has ended). A claim runs out after `claimTtlMs`; what became of the message is then `unknown`.
 */
export async function claimMessages(
  db: Db,
  requests: ClaimRequest[],
  claimTtlMs: number
): Promise<(ClaimedMessage | undefined)[]> {
  const { rows } = await sql<Row>`
    with input as (
      select distinct on (id) id, claim from unnest(
        ${requests.map((r) => r.messageId)}::uuid[], ${requests.map((r) => r.claim)}::uuid[]
      ) as t (id, claim)
    ), due as (
      select m.id, i.claim from messages m join input i using (id)
      where m.state = 'queued' and m.due_at <= clock_timestamp()
      order by m.id
      for update of m skip locked
    )
    update messages m
    set state = 'sending', claim = due.claim, attempts = m.attempts + 1, updated_at = now(),
      due_at = clock_timestamp() + ${claimTtlMs} * interval '1 millisecond'
    from due where m.id = due.id
    returning m.id, m.claim, m.tenant_id, m.phone_number_id, m.recipient, m.content, m.attempts`.execute(db)
  const claimed = new Map(rows.map((row) => [row.claim, row]))
  return requests.map(({ claim }) => {
    const row = claimed.get(claim)
    return row && claimOf(row)
  })
}

function claimOf(row: Row): ClaimedMessage {
  return {
    messageId: row.id,
    claim: row.claim,
    tenantId: row.tenant_id,
    phoneNumberId: row.phone_number_id,
    recipient: row.recipient,
    content: row.content,
    attempts: row.attempts
  }
}
