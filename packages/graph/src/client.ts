import { type OutboundContent, type Recipient } from '@wag/contracts'
import { type Dispatcher, Pool } from 'undici'
import { assertDone } from './done.ts'
import { type Exchange, exchange } from './exchange.ts'
import { assertMediaId, type Media, readMedia } from './media.ts'
import { readOutcome, type SendOutcome } from './outcome.ts'
import { createPayload } from './payload.ts'
import { createUploadForm, type MediaFile, readMediaId, uploadTimeoutMs } from './upload.ts'

export type GraphOptions = {
  /** `https://graph.facebook.com`, or what stands in for it; a path in it is kept. */
  baseUrl: string
  /** `v26.0`. Pinned by the operator: an unversioned call would take the version of Meta's dashboard. */
  version: string
  /** For the whole of one call, from waiting for a connection to the last byte of the answer. */
  timeoutMs: number
  /** At least the number of sends that run at once; more of them wait for a connection, within their time. */
  connectionsMax: number
  userAgent?: string
}

export type SendRequest = {
  phoneNumberId: string
  accessToken: string
  recipient: Recipient
  content: OutboundContent
  callbackData: string
  signal?: AbortSignal
}

export type MediaRequest = { mediaId: string; phoneNumberId?: string; accessToken: string; signal?: AbortSignal }

/** A message that came in, by Meta's id; with `isTyping` the customer sees for up to 25 s that an answer is being typed. */
export type ReadRequest = {
  phoneNumberId: string
  accessToken: string
  wamid: string
  isTyping?: boolean
  signal?: AbortSignal
}

export type UploadRequest = { phoneNumberId: string; accessToken: string; file: MediaFile }

export type Graph = {
  /** One POST, at most once on the wire. Every ending is an outcome; it does not throw. */
  send(request: SendRequest): Promise<SendOutcome>
  /** Throws `media_not_found`, `meta_refused` (with Meta's message) or `graph_unavailable`. */
  getMedia(request: MediaRequest): Promise<Media>
  /** Marks a message, and all before it, as read. Throws `meta_refused` (with Meta's message) or `graph_unavailable`. */
  markRead(request: ReadRequest): Promise<void>
  /**
   * Gives Meta a file and returns its id, which lives for 30 days. A large file may take longer than `timeoutMs`. Throws
   * `meta_refused` (with Meta's message) or `graph_unavailable`; to repeat it does no harm.
   */
  uploadMedia(request: UploadRequest): Promise<string>
  /** Lets calls under way finish (none outlives `timeoutMs`), then closes the connections. */
  close(): Promise<void>
}

// Servers in front of Meta keep an idle connection for 5 s and more; a shorter time here means that we rarely write
// into one that is being closed, which would leave the outcome unknown.
const keepAliveMs = 4000

const secondWallMs = 1000

// What an HTTP header can carry of a token. undici would refuse the rest as a request that never left, again and again.
const tokenShape = /^[\x21-\x7e]+$/
const unusableToken: SendOutcome = {
  kind: 'failed',
  error: { message: 'The access token holds characters that no header can carry' },
  class: 'auth_fatal',
  pause: { scope: 'token' }
}

type Call = { method: Dispatcher.HttpMethod; path: string; accessToken: string; body?: string }

/** A client of the Graph API with its own connections (HTTP/1.1, keep-alive). The caller closes it. */
export function createGraph(options: GraphOptions): Graph {
  const { timeoutMs, userAgent = 'wag' } = options
  const base = new URL(options.baseUrl)
  const prefix = `${base.pathname.replace(/\/+$/, '')}/${segment(options.version)}`
  const pool = new Pool(base.origin, {
    connections: options.connectionsMax,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    connect: { timeout: timeoutMs },
    // A second wall, a little behind: exchange() ends every call after timeoutMs by itself, and says so.
    headersTimeout: timeoutMs + secondWallMs,
    bodyTimeout: timeoutMs + secondWallMs
  })

  function call({ method, path, accessToken, body }: Call, signal: AbortSignal | undefined): Promise<Exchange> {
    const headers = {
      authorization: `Bearer ${accessToken}`,
      'user-agent': userAgent,
      ...(body === undefined ? {} : { 'content-type': 'application/json' })
    }
    return exchange(pool, { method, path: `${prefix}/${path}`, headers, body: body ?? null }, { timeoutMs, signal })
  }

  return {
    async send({ phoneNumberId, accessToken, signal, ...parts }) {
      if (!tokenShape.test(accessToken)) return unusableToken
      const body = JSON.stringify(createPayload(parts))
      const path = `${segment(phoneNumberId)}/messages`
      return readOutcome(await call({ method: 'POST', path, accessToken, body }, signal))
    },

    async getMedia({ mediaId, phoneNumberId, accessToken, signal }) {
      assertMediaId(mediaId)
      const query = phoneNumberId === undefined ? '' : `?phone_number_id=${segment(phoneNumberId)}`
      const path = `${segment(mediaId)}${query}`
      return readMedia(mediaId, await call({ method: 'GET', path, accessToken }, signal))
    },

    async markRead({ phoneNumberId, accessToken, wamid, isTyping = false, signal }) {
      const typing = isTyping ? { typing_indicator: { type: 'text' } } : {}
      const body = JSON.stringify({ messaging_product: 'whatsapp', status: 'read', message_id: wamid, ...typing })
      const path = `${segment(phoneNumberId)}/messages`
      assertDone(await call({ method: 'POST', path, accessToken, body }, signal))
    },

    async uploadMedia({ phoneNumberId, accessToken, file }) {
      const form = createUploadForm(file)
      const uploadMs = uploadTimeoutMs(file.bytes, timeoutMs)
      const headers = {
        authorization: `Bearer ${accessToken}`,
        'user-agent': userAgent,
        'content-type': form.contentType,
        'content-length': String(form.bytes)
      }
      const path = `${prefix}/${segment(phoneNumberId)}/media`
      const request: Dispatcher.DispatchOptions = { method: 'POST', path, headers, body: form.body }
      const limits = { timeoutMs: uploadMs, signal: undefined }
      try {
        return readMediaId(
          await exchange(pool, { ...request, headersTimeout: uploadMs, bodyTimeout: uploadMs }, limits)
        )
      } finally {
        form.body.destroy()
      }
    },

    close: () => pool.close()
  }
}

function segment(value: string): string {
  return encodeURIComponent(value.toWellFormed())
}
