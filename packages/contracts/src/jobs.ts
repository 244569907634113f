import { type Static, Type } from 'typebox'

/** A send job rings for one message; the ledger decides whether there is anything to do. */
export const SendJobSchema = Type.Object({ messageId: Type.String() })
export type SendJob = Static<typeof SendJobSchema>

/** An ingest job rings for one committed batch of raw webhooks; `bytes` is the sum of their bodies. */
export const IngestJobSchema = Type.Object({ ids: Type.Array(Type.String()), bytes: Type.Integer() })
export type IngestJob = Static<typeof IngestJobSchema>

/** What Redis carries when a tenant's event log has grown: only where it ends now. */
export const EventHintSchema = Type.Object({ tenantId: Type.String(), seq: Type.Integer() })
export type EventHint = Static<typeof EventHintSchema>

/** Ids of messages whose send has ended, for the gateway that answers a waiting caller. */
export const OutcomeHintSchema = Type.Object({ messageIds: Type.Array(Type.String()) })
export type OutcomeHint = Static<typeof OutcomeHintSchema>

/** The queue of one phone number. The braces are a hash tag: a Redis Cluster keeps the keys of a queue together. */
export function sendQueueName(phoneNumberId: string): string {
  return `{send-${phoneNumberId}}`
}

/** The queue of raw webhooks that wait for ingest. */
export const ingestQueueName = '{ingest}'

/**
 * The id of the job that rings for a message. It names the attempt, so that a message put back by its own running job
 * can be rung again, while ringing twice for the same attempt makes one job. BullMQ ids must not hold a colon.
 */
export function sendJobId(messageId: string, attempts: number): string {
  return `${messageId}-${attempts}`
}
