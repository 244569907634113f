import { type Dispatcher, Pool } from 'undici'
import { type Settings } from './settings.ts'
import { signBody } from './sign.ts'

export type SignatureKind = 'valid' | 'wrong' | 'none'

export type Poster = ReturnType<typeof createPoster>

/** POSTs webhook bodies over kept-alive connections, signed with the app secret. */
export function createPoster(settings: Settings, secret: string) {
  const pools = new Map<string, Pool>()

  function requestOf(body: string | Buffer, signature: SignatureKind) {
    const { pathname, search } = new URL(settings.webhook_url)
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      'user-agent': 'facebookexternalua',
      accept: '*/*'
    }
    if (signature !== 'none') {
      headers['x-hub-signature-256'] = signBody(body, signature === 'valid' ? secret : `not ${secret}`)
    }
    const timeout = settings.webhook_timeout_ms
    return {
      method: 'POST',
      path: pathname + search,
      headers,
      body,
      headersTimeout: timeout,
      bodyTimeout: timeout
    } as const
  }

  function poolOf(url: string): Pool {
    const { origin } = new URL(url)
    const pool = pools.get(origin) ?? new Pool(origin, { connections: null, pipelining: 1, connectTimeout: 5000 })
    pools.set(origin, pool)
    return pool
  }

  return {
    /** Tells the HTTP status, or 0 where none came. Written on `dispatch`, at two thirds of the cost of `request`. */
    post(body: string, done: (status: number) => void): void {
      poolOf(settings.webhook_url).dispatch(requestOf(body, 'valid'), statusHandler(done))
    },
    /** The same, once, with the answer. Throws where none came. */
    async postAndRead(body: string | Buffer, signature: SignatureKind) {
      const answer = await poolOf(settings.webhook_url).request(requestOf(body, signature))
      return { status: answer.statusCode, body: await answer.body.text() }
    },
    /** Cuts what is under way. */
    async close(): Promise<void> {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()))
    }
  }
}

function statusHandler(done: (status: number) => void): Dispatcher.DispatchHandler {
  let status = 0
  return {
    onRequestStart() {},
    onResponseStart(_controller, statusCode) {
      status = statusCode
    },
    onResponseData() {},
    onResponseEnd: () => done(status),
    onResponseError: () => done(0)
  }
}
