import { Agent, type Dispatcher, request } from 'undici'
import { isMetaAddress } from './media-hosts.ts'

export type DownloadsOptions = {
  /** Where Graph is for us: its origin is trusted like Meta's own hosts. */
  graphUrl: string
  /** How long to wait for a connection, for the head of an answer, and for each next piece of its body. */
  timeoutMs: number
  userAgent?: string
}

/** How a request for a medium's bytes ended. Only in `open` is there something to read, which the caller must do or destroy. */
export type Download =
  | { kind: 'open'; body: Dispatcher.ResponseData['body']; bytes?: number }
  /** The address is not good any more: ask Graph for another. */
  | { kind: 'stale'; status: number }
  /** The address leads away from Meta. */
  | { kind: 'foreign'; reason: string }
  | { kind: 'unavailable'; reason: string }

export type Downloads = {
  /** `signal` ends the body too. Does not throw. */
  open(link: string, accessToken: string, signal: AbortSignal): Promise<Download>
  close(): Promise<void>
}

const redirectsMax = 3
/** Bytes of an unwanted answer that are read to keep its connection. */
const dumpBytesMax = 16 * 1024
/** Meta's answers to an address that is too old, or was never right. */
const staleStatuses = new Set([401, 403, 404, 410])

/**
 * Opens media at the addresses that Graph tells. The token goes to Meta's hosts and to that of `graphUrl`, and nowhere
 * else. A redirect is followed without the token, to those same hosts only, and at most three times.
 */
export function createDownloads({ graphUrl, timeoutMs, userAgent = 'wag' }: DownloadsOptions): Downloads {
  const agent = new Agent({
    allowH2: false,
    connect: { timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs
  })

  async function get(url: URL, token: string | undefined, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
    // As it is: bytes that were packed for the way have another hash and length.
    const headers = { 'user-agent': userAgent, accept: '*/*', 'accept-encoding': 'identity', ...authorization }
    return request(url, { dispatcher: agent, method: 'GET', headers, signal })
  }

  async function follow(link: string, token: string, signal: AbortSignal): Promise<Download> {
    let url = new URL(link)
    for (let redirects = 0; redirects <= redirectsMax; redirects++) {
      if (!isMetaAddress(url, graphUrl))
        return { kind: 'foreign', reason: redirects === 0 ? foreignLink : foreignRedirect }
      const answer = await get(url, redirects === 0 ? token : undefined, signal)
      if (answer.statusCode === 200) return opened(answer)
      const { location } = answer.headers
      await answer.body.dump({ limit: dumpBytesMax, signal })
      if (answer.statusCode < 300 || answer.statusCode > 399) return failed(answer.statusCode)
      if (typeof location !== 'string' || !URL.canParse(location, url.href)) return failed(answer.statusCode)
      url = new URL(location, url)
    }
    return { kind: 'foreign', reason: 'Meta redirected too often' }
  }

  return {
    async open(link, accessToken, signal) {
      try {
        return await follow(link, accessToken, signal)
      } catch (error) {
        return { kind: 'unavailable', reason: reasonOf(error) }
      }
    },
    close: () => agent.destroy()
  }
}

const foreignLink = "Meta's link leads to a host that is not Meta's"
const foreignRedirect = "Meta redirected to a host that is not Meta's"

function opened({ body, headers }: Dispatcher.ResponseData): Download {
  // Destroyed before it is read to the end, it says so; unheard, that would end the process. A reader hears it too.
  body.on('error', () => undefined)
  const length = headers['content-length']
  const bytes = typeof length === 'string' && /^\d{1,15}$/.test(length) ? Number(length) : undefined
  return { kind: 'open', body, ...(bytes !== undefined && { bytes }) }
}

function failed(status: number): Download {
  if (staleStatuses.has(status)) return { kind: 'stale', status }
  return { kind: 'unavailable', reason: `HTTP ${status}` }
}

/** Only the code or the class of an error: messages name hosts and addresses. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
