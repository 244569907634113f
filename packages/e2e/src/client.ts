import { sign } from '@wag/graph'

/** An answer with its body read. */
export type Answer = { status: number; headers: Headers; body: unknown; text: string }

/** Speaks to a running system as its users, Meta and the test's own control do. */
export type Client = {
  get(path: string): Promise<Answer>
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>
  put(path: string, body: unknown): Promise<Answer>
  delete(path: string): Promise<Answer>
  /** Posts a body to the webhook with a valid signature, as Meta does. */
  webhook(body: unknown): Promise<Answer>
  /** The simulator's control API. */
  control(path: string, body?: unknown): Promise<unknown>
}

/** A client of the system that `env` configures. */
export function createClient(env: Record<string, string>): Client {
  const gateway = `http://127.0.0.1:${env.GATEWAY_PORT}`
  const authorization = `Bearer ${env.API_KEY}`
  const json = { 'content-type': 'application/json' }
  return {
    get: (path) => call(gateway + path, { headers: { authorization } }),
    post: (path, body, headers = {}) =>
      call(gateway + path, {
        method: 'POST',
        headers: { ...json, authorization, ...headers },
        body: JSON.stringify(body)
      }),
    put: (path, body) =>
      call(gateway + path, { method: 'PUT', headers: { ...json, authorization }, body: JSON.stringify(body) }),
    delete: (path) => call(gateway + path, { method: 'DELETE', headers: { authorization } }),
    webhook(body) {
      const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
      const signature = sign(bytes, env.WHATSAPP_APP_SECRET ?? '')
      const headers = { ...json, 'x-hub-signature-256': signature }
      return call(`${gateway}/whatsapp-webhook/`, { method: 'POST', headers, body: bytes })
    },
    async control(path, body) {
      const url = `http://127.0.0.1:${env.SIMULATOR_PORT}/control/${path}`
      const answer = await call(
        url,
        body === undefined ? {} : { method: 'POST', headers: json, body: JSON.stringify(body) }
      )
      if (answer.status >= 400) throw new Error(`the simulator refused ${path}: ${answer.text}`)
      return answer.body
    }
  }
}

async function call(url: string, init: RequestInit): Promise<Answer> {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(60_000) })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, text, body: parse(text) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The handshake and metrics answer plain text.
    return undefined
  }
}
