export { brakeOf } from './brake.ts'
export type { Graph, GraphOptions, MediaRequest, ReadRequest, SendRequest, UploadRequest } from './client.ts'
export { createGraph } from './client.ts'
export type { Description } from './content.ts'
export { describeContent } from './content.ts'
export type { Download, Downloads, DownloadsOptions } from './download.ts'
export { createDownloads } from './download.ts'
export type {
  Classification,
  ErrorAction,
  ErrorClass,
  ErrorPause,
  ErrorScope,
  Explanation,
  KnownError
} from './errors.ts'
export { classify, explain, featureCodes, isKnown, knownErrors, mayBeOfMedia } from './errors.ts'
export type { LinkedFile, LinkOptions, LinkRequest } from './fetch-link.ts'
export { fetchLink } from './fetch-link.ts'
export type { GuardOptions, VettedLink } from './guard.ts'
export { isPublicAddress, vetLink } from './guard.ts'
export type { Media } from './media.ts'
export type { MediaItem } from './media-items.ts'
export { readMediaItems, readSha256 } from './media-items.ts'
export type { MediaKind } from './media-rules.ts'
export { bytesMaxOf, kindOf, mediaBytesMax, mediaKinds, mimeTypesOf, tidyMimeType } from './media-rules.ts'
export type { Judgement, MediaClaim, Sniffed } from './media-type.ts'
export { judgeMedia, sniffMedia } from './media-type.ts'
export type { SendOutcome } from './outcome.ts'
export { outcomeOf } from './outcome.ts'
export { parseWebhook } from './parse.ts'
export { createPayload } from './payload.ts'
export type { Putback } from './retry.ts'
export { firstWaits, retryDelayMs } from './retry.ts'
export { findSigner, isSignature, sign } from './signature.ts'
export type { MediaFile } from './upload.ts'
