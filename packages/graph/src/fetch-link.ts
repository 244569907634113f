import { isIPv6, type LookupFunction } from 'node:net'
import { GatewayError } from '@wag/contracts'
import { Client, type Dispatcher } from 'undici'
import { type GuardOptions, type VettedLink, vetLink } from './guard.ts'

export type LinkOptions = GuardOptions & {
  /** For all of it: names, redirects, the last byte. */
  timeoutMs: number
  /** Certificate authorities instead of the usual ones. */
  ca?: string
}

/** What a link led to. `body` ends with an error when it is larger or slower than allowed. */
export type LinkedFile = { contentType: string | undefined; body: AsyncIterable<Uint8Array> }

export type LinkRequest = { link: string; bytesMax: number }

const redirectsMax = 3
const redirects = new Set([301, 302, 303, 307, 308])

// Nothing that belongs to anybody goes along: no cookie, no key, no referrer. Unpacking is not offered, so that no small
// file can become a large one.
const headers = { 'user-agent': 'wag-media', accept: '*/*', 'accept-encoding': 'identity' }

/**
 * Fetches a stranger's link under the guard and hands its body to `receive`, whose result it returns. Every redirect is
 * looked at like the first link; there are three at most. Throws `invalid_message` with what is wrong with the link.
 */
export async function fetchLink<T>(
  options: LinkOptions,
  request: LinkRequest,
  receive: (file: LinkedFile) => Promise<T>
): Promise<T> {
  const signal = AbortSignal.timeout(options.timeoutMs)
  let link = request.link
  try {
    for (let hop = 0; hop <= redirectsMax; hop++) {
      const vetted = await untilAborted(vetLink(link, options), signal)
      const client = open(vetted, options)
      try {
        const response = await get(client, vetted, signal)
        const next = redirectOf(response, vetted.url)
        if (next === undefined) return await receive(read(response, request.bytesMax, signal))
        link = next
      } finally {
        // Not close(): that would wait for the rest of a body nobody reads.
        await client.destroy()
      }
    }
  } catch (error) {
    if (signal.aborted) throw refused(`did not answer whole within ${options.timeoutMs} ms`, error)
    throw error
  }
  throw refused(`redirects more than ${redirectsMax} times`)
}

/** A connection to the addresses that were looked at: the name is not resolved again. TLS still checks the name. */
function open({ url, addresses }: VettedLink, { timeoutMs, ca }: LinkOptions): Client {
  const found = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }))
  const lookup: LookupFunction = (_hostname, options, callback) => {
    const [first] = found
    if (options.all === true) callback(null, found)
    else callback(null, first?.address ?? '', first?.family)
  }
  return new Client(url.origin, {
    connect: { lookup, timeout: timeoutMs, ...(ca === undefined ? {} : { ca }) },
    allowH2: false,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs
  })
}

async function get(client: Client, { url }: VettedLink, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
  try {
    const response = await client.request({ method: 'GET', path: `${url.pathname}${url.search}`, headers, signal })
    // What nobody reads ends with an error when the connection is closed, and that must not end the process.
    response.body.on('error', ignore)
    return response
  } catch (error) {
    throw refused(`could not be fetched (${reasonOf(error)})`, error)
  }
}

/** Where an answer sends us on to; undefined for the file itself. */
function redirectOf({ statusCode, headers }: Dispatcher.ResponseData, from: URL): string | undefined {
  if (statusCode === 200) return undefined
  const location = headers.location
  if (!redirects.has(statusCode) || typeof location !== 'string') throw refused(`answered HTTP ${statusCode}`)
  const url = URL.parse(location, from.href)
  if (!url) throw refused('redirects to what is no URL')
  return url.href
}

function read({ headers, body }: Dispatcher.ResponseData, bytesMax: number, signal: AbortSignal): LinkedFile {
  const { 'content-type': contentType, 'content-encoding': encoding, 'content-length': length } = headers
  if (encoding !== undefined && encoding !== 'identity') throw refused('answered with a compressed file, unasked')
  if (Number(length) > bytesMax) throw tooLarge(bytesMax)
  return {
    contentType: typeof contentType === 'string' ? contentType : undefined,
    body: capped(body, bytesMax, signal)
  }
}

async function* capped(
  body: AsyncIterable<unknown>,
  bytesMax: number,
  signal: AbortSignal
): AsyncGenerator<Uint8Array> {
  let bytes = 0
  const chunks = body[Symbol.asyncIterator]()
  while (true) {
    const { value, done } = await next(chunks, signal)
    if (done === true) return
    if (!(value instanceof Uint8Array)) continue
    bytes += value.length
    if (bytes > bytesMax) throw tooLarge(bytesMax)
    yield value
  }
}

async function next(chunks: AsyncIterator<unknown>, signal: AbortSignal): Promise<IteratorResult<unknown>> {
  try {
    return await untilAborted(chunks.next(), signal)
  } catch (error) {
    throw refused(`broke off (${reasonOf(error)})`, error)
  }
}

/** Ends with the signal, also where what is waited for knows nothing of it. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const { promise, reject } = Promise.withResolvers<never>()
  const stop = (): void => reject(signal.reason)
  signal.addEventListener('abort', stop)
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function ignore(): void {}

function tooLarge(bytesMax: number): GatewayError {
  return refused(`leads to a file of more than ${bytesMax} bytes, the most that Meta takes of this type`)
}

function refused(text: string, cause?: unknown): GatewayError {
  return new GatewayError('invalid_message', `The link ${text}`, cause === undefined ? {} : { cause })
}

/** Only the code or the class of an error: messages name hosts and addresses. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
