import { type Static, Type } from 'typebox'

/** A send job rings for one phone number: the ledger knows what is due there. */
export const SendJobSchema = Type.Object({ phoneNumberId: Type.String() })
export type SendJob = Static<typeof SendJobSchema>

/** An ingest job rings for one committed batch of raw webhooks; `bytes` is the sum of their bodies. */
export const IngestJobSchema = Type.Object({ ids: Type.Array(Type.String()), bytes: Type.Integer() })
export type IngestJob = Static<typeof IngestJobSchema>

/** A media job says that some were noted and wait to be fetched. */
export const MediaJobSchema = Type.Object({ items: Type.Integer() })
export type MediaJob = Static<typeof MediaJobSchema>

/** The queue that rings for media to be fetched. */
export const mediaQueueName = '{media}'

/** What Redis carries when a tenant's event log has grown: only where it ends now. */
export const EventHintSchema = Type.Object({ tenantId: Type.String(), seq: Type.Integer() })
export type EventHint = Static<typeof EventHintSchema>

/** Ids of messages whose send has ended, for the gateway that answers a waiting caller. */
export const OutcomeHintSchema = Type.Object({ messageIds: Type.Array(Type.String()) })
export type OutcomeHint = Static<typeof OutcomeHintSchema>

/** The queue of bells for senders. The braces are a hash tag: a Redis Cluster keeps the keys of a queue together. */
export const sendQueueName = '{send}'

/** The queue of raw webhooks that wait for ingest. */
export const ingestQueueName = '{ingest}'
