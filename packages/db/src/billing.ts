import { stateOfStatus, stateRank } from '@wag/contracts'
import { sql } from 'kysely'
import { type MessageRecord } from './records.ts'
import { type Db } from './schema.ts'

/** What Meta says a message costs and which conversation it belongs to, in Meta's own words. */
export type Billing = { pricing?: Record<string, unknown>; conversation?: Record<string, unknown> }

type Row = { status: string; pricing: Record<string, unknown> | null; conversation: Record<string, unknown> | null }

/**
 * Both as the latest status has them: Meta sends them with `sent` and with one of those that follow; for a group with those
 * of its members, and the price within the conversation.
 */
export async function readBilling(db: Db, { tenantId, wamid, direction }: MessageRecord): Promise<Billing> {
  if (wamid === null || direction === 'in') return {}
  const { rows } = await sql<Row>`
    select status, content -> 'conversation' as conversation,
      coalesce(content -> 'pricing', content -> 'conversation' -> 'pricing') as pricing
    from statuses
    where tenant_id = ${tenantId} and wamid = ${wamid}
    order by participant, status`.execute(db)
  const billing: Billing = {}
  for (const { pricing, conversation } of rows.sort((a, b) => rankOf(a) - rankOf(b))) {
    if (pricing) billing.pricing = pricing
    if (conversation) billing.conversation = conversation
  }
  return billing
}

function rankOf({ status }: Row): number {
  const state = stateOfStatus(status)
  return state ? stateRank(state) : -1
}
