export type {
  Graph,
  GraphOptions,
  MediaRequest,
  SendRequest
} from './client.ts'
export { createGraph } from './client.ts'
export type { Description } from './content.ts'
export { describeContent } from './content.ts'
export type {
  Classification,
  ErrorAction,
  ErrorClass,
  ErrorScope
} from './errors.ts'
export { classify } from './errors.ts'
export type { Media } from './media.ts'
export type { SendOutcome } from './outcome.ts'
export { parseWebhook } from './parse.ts'
export { createPayload } from './payload.ts'
export { retryDelayMs } from './retry.ts'
export { isSigned, sign } from './signature.ts'
