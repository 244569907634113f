export type { Acceptance, NewMessage, SendRequest } from './accept.ts'
export { acceptMessages } from './accept.ts'
export type { Alarms } from './alarms.ts'
export { noteAlarms } from './alarms.ts'
export type { Principal } from './api-keys.ts'
export { findPrincipal, revokeKey, saveBootstrapKey } from './api-keys.ts'
export type { Batcher, BatcherOptions } from './batcher.ts'
export { createBatcher } from './batcher.ts'
export { cancelMessage } from './cancel.ts'
export type { Claimed, ClaimedMessage, ClaimOptions, ClaimRequest } from './claims.ts'
export { claimMessages, releaseClaims } from './claims.ts'
export type { ConnectOptions } from './connect.ts'
export { connect } from './connect.ts'
export type { Contact, Profile } from './contacts.ts'
export { findContact, listContacts, profileKey, upsertContacts } from './contacts.ts'
export type { LogEnd, NewEvent, StoredEvent } from './events.ts'
export { appendEvents, lastSeq, oldestSeq, readEvents } from './events.ts'
export { isConnectionLost, isDataFault, isLedgerAway, isTransient, withRetry } from './faults.ts'
export type { GapLimits, Gaps } from './gaps.ts'
export { measureGaps } from './gaps.ts'
export { checkLedger } from './health.ts'
export type { FirstAnswer, IdempotencyKey } from './idempotency.ts'
export { findAnswers, keyOf } from './idempotency.ts'
export type { NewWebhook, Processed, RawWebhook } from './inbox.ts'
export { markProcessed, postponeWebhook, storeWebhooks, takeWebhooks, waitingWebhooks } from './inbox.ts'
export type { NewMedia, StoredMedia } from './media.ts'
export { findMedia, findMediaByMetaId, insertMedia, retryMedia } from './media.ts'
export type { ClaimedMedia } from './media-claims.ts'
export { claimMedia, releaseMedia, renewMedia, reserveMedia } from './media-claims.ts'
export type { StoredBytes } from './media-garbage.ts'
export { eraseMediaOf, sweepGarbage, throwAway } from './media-garbage.ts'
export type { MediaOutcome } from './media-outcomes.ts'
export { recordMedia } from './media-outcomes.ts'
export type { MediaContent, MediaUpload } from './media-uploads.ts'
export { findMediaUpload, mediaUploadDays, saveMediaUpload } from './media-uploads.ts'
export type { Message, MessageCursor } from './messages.ts'
export { findMessages, listMessages } from './messages.ts'
export { migrate } from './migrate.ts'
export type { Outcome, Recorded } from './outcomes.ts'
export { recordOutcomes } from './outcomes.ts'
export { repairParked } from './parked.ts'
export { ensurePartitions } from './partitions.ts'
export type { Pause, PauseKey } from './paused.ts'
export { listPauses, numbersIn, pausesOf } from './paused.ts'
export type { NewPause } from './pauses.ts'
export { addPause, pause, removePause, resume, resumeHealed, resumeNumber } from './pauses.ts'
export type { NumberChange, NumberRecord, PhoneNumber, SendingNumber } from './phone-numbers.ts'
export {
  findDefaultNumber,
  findNumberTenants,
  findSendingNumber,
  hashToken,
  hashTokens,
  listNumbers,
  listSendingNumbers,
  loadAccessToken,
  loadSendingNumbers,
  saveDefaultNumber,
  saveNumber
} from './phone-numbers.ts'
export type { Quarantined } from './quarantine.ts'
export { giveUpWebhook, quarantine, quarantineBodies } from './quarantine.ts'
export type { NewToken, TokenHolder } from './realtime-tokens.ts'
export { findTokenHolder, findValid, revokeRealtimeToken, saveRealtimeToken } from './realtime-tokens.ts'
export type { ReceivedMessage } from './received.ts'
export { storeReceived } from './received.ts'
export type { MessageRecord } from './records.ts'
export { findRecord, outboundContentOf } from './records.ts'
export type { Keep } from './retention.ts'
export { deleteOldRows, dropOldDays } from './retention.ts'
export { inSavepoint } from './savepoint.ts'
export type { Database, Db } from './schema.ts'
export type { Found, MessageFilter } from './search.ts'
export { searchMessages } from './search.ts'
export type { NewStatus } from './statuses.ts'
export { storeStatuses } from './statuses.ts'
export type { UnknownWaits } from './steps.ts'
export type { DueNumber } from './sweep.ts'
export { dueNumbers, expireClaims, expireMessages } from './sweep.ts'
export { ensureTenant, listTenants } from './tenants.ts'
export type { Moment } from './timeline.ts'
export { readTimeline } from './timeline.ts'
export type { Unsettled } from './unknowns.ts'
export { countUnknowns, settleUnknowns } from './unknowns.ts'
export type { Waiting } from './waiting.ts'
export { countWaiting } from './waiting.ts'
export type { Replayed, StoredQuarantine, StoredWebhook, WebhookFilter } from './webhooks.ts'
export {
  findQuarantined,
  findWebhook,
  listQuarantine,
  listWebhooks,
  replayWebhooks,
  selectWebhooks
} from './webhooks.ts'
