import { type OutboundContent } from './content.ts'
import { type Envelope } from './envelope.ts'

/** A body of `POST /v1/messages` that keeps every rule. `type` is there even where the caller left it out. */
export type CheckedMessage = Envelope & OutboundContent & { preview_url?: boolean; media?: 'upload' }
