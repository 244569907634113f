export type { AlarmName } from './alarms.ts'
export { alarmNames } from './alarms.ts'
export type { ApiContact, ContactPage } from './contacts-api.ts'
export { ApiContactSchema, ContactPageSchema } from './contacts-api.ts'
export type { ErrorCode, GatewayErrorOptions, Problem } from './errors.ts'
export { errorCodes, GatewayError, ProblemSchema } from './errors.ts'
export type { Event, EventData, EventPage, EventType } from './events.ts'
export { EventDataSchema, EventPageSchema, EventSchema, EventTypeSchema, eventTypes } from './events.ts'
export { createId, defaultTenantId, isId, timeOfId } from './ids.ts'
export type {
  QuarantineView,
  ReplayReply,
  ReplayRequest,
  WebhookDetail,
  WebhookState,
  WebhookView
} from './inbox.ts'
export {
  QuarantinePageSchema,
  ReplayReplySchema,
  ReplayRequestSchema,
  WebhookDetailSchema,
  WebhookPageSchema,
  WebhookStateSchema
} from './inbox.ts'
export { instantOf, instantRule } from './instant.ts'
export type { EventHint, IngestJob, MediaJob, OutcomeHint, SendJob } from './jobs.ts'
export {
  EventHintSchema,
  IngestJobSchema,
  ingestQueueName,
  mediaQueueName,
  OutcomeHintSchema,
  SendJobSchema,
  sendQueueName
} from './jobs.ts'
export type { MediaState } from './media.ts'
export type { ApiMedia } from './media-api.ts'
export { ApiMediaSchema, MediaLinkBodySchema, MediaLinkSchema } from './media-api.ts'
export type { MessageState, MetaError } from './message.ts'
export { isSettled, messageStates, stateOfStatus, stateRank } from './message.ts'
export type {
  ApiMessage,
  BatchReply,
  BatchResult,
  ExplainedError,
  MessagePage,
  MessageQuery,
  TimelineEntry,
  WaitingFor
} from './messages-api.ts'
export {
  ApiMessageSchema,
  BatchBodySchema,
  BatchReplySchema,
  MessagePageSchema,
  MessageQuerySchema,
  ReadBodySchema,
  ReadReplySchema
} from './messages-api.ts'
export type {
  ListedContact,
  ListedMessage,
  MediaReply,
  SendMessageBody,
  SendTemplateBody,
  SentMessage,
  StatusReply
} from './original.ts'
export {
  ListedContactSchema,
  ListedMessageSchema,
  MediaReplySchema,
  SendMessageBodySchema,
  SendTemplateBodySchema,
  SentMessageSchema,
  StatusReplySchema
} from './original.ts'
export type { MessageCheck } from './outbound/check.ts'
export { checkMessage, contentOf, recipientOf } from './outbound/check.ts'
export type { CheckedMessage } from './outbound/checked-message.ts'
export type { OutboundContent, OutboundType } from './outbound/content.ts'
export { OutboundContentSchema } from './outbound/content.ts'
export { captionLengthMax, filenameLengthMax } from './outbound/medium.ts'
export { templateNameLengthMax } from './outbound/template.ts'
export { textLengthMax } from './outbound/text.ts'
export type {
  ApiNumber,
  ApiPause,
  NumberBody,
  NumberChangeBody,
  NumberPage,
  PauseList,
  ResumeReply
} from './phone-numbers.ts'
export {
  ApiNumberSchema,
  NumberBodySchema,
  NumberChangeSchema,
  NumberPageSchema,
  NumberParamsSchema,
  PauseBodySchema,
  PauseListSchema,
  ResumeReplySchema
} from './phone-numbers.ts'
export type { PrivacyRequestView } from './privacy.ts'
export { PrivacyRequestPageSchema, PrivacyRequestViewSchema } from './privacy.ts'
export type {
  Handshake,
  Reload,
  Subscribe,
  Subscription,
  SubscriptionAck,
  TokenReply,
  TokenRequest
} from './realtime.ts'
export {
  HandshakeSchema,
  ReloadSchema,
  SubscribeSchema,
  SubscriptionAckSchema,
  SubscriptionSchema,
  subscriptionsMax,
  TokenReplySchema,
  TokenRequestSchema
} from './realtime.ts'
export type { Brake, OnUnknown, PauseScope, Priority, Recipient, RecipientKind } from './sending.ts'
export {
  priorities,
  priorityRank
} from './sending.ts'
export type {
  CallItem,
  ContactItem,
  IdentityItem,
  InboxResult,
  MessageItem,
  MisfitItem,
  OtherItem,
  PreferenceItem,
  ReportItem,
  ReportSubject,
  StatusItem,
  WebhookItem
} from './webhook.ts'
