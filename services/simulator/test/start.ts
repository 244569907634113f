import { createServer, type IncomingHttpHeaders } from 'node:http'
import { type AddressInfo } from 'node:net'
import { buildApp } from '../src/app.ts'
import { type Config } from '../src/config.ts'

export const phoneNumberId = '106540352242922'
export const token = 'a token'
export const secret = 'an app secret'
export const config: Config = {
  HOST: '127.0.0.1',
  LOG_LEVEL: 'silent',
  SHUTDOWN_GRACE_MS: 1000,
  SIMULATOR_PORT: 0,
  WHATSAPP_ACCESS_TOKEN: token,
  WHATSAPP_VERSION: 'v24.0',
  WHATSAPP_FROM_PHONE_NUMBER_ID: phoneNumberId,
  WHATSAPP_APP_SECRET: secret,
  SIMULATOR_WEBHOOK_URL: 'http://127.0.0.1:1/',
  SIMULATOR_SEED: 1,
  SIMULATOR_LATENCY_MS: 0,
  SIMULATOR_SENT_DELAY_MS: 5,
  SIMULATOR_DELIVERED_DELAY_MS: 30,
  SIMULATOR_READ_DELAY_MS: 60
}

export type Hook = { headers: IncomingHttpHeaders; raw: Buffer; atMs: number; statusCode: number }

type Test = { teardown: (close: () => Promise<unknown>) => void }
type Options = { config?: Partial<Config>; answer?: (n: number) => number }

/** A simulator that listens, and a receiver that keeps every webhook and answers with `answer(0, 1, …)`, else 200. */
export async function startSimulator(t: Test, { config: changes = {}, answer = () => 200 }: Options = {}) {
  const hooks: Hook[] = []
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const statusCode = answer(hooks.length)
      hooks.push({ headers: request.headers, raw: Buffer.concat(chunks), atMs: performance.now(), statusCode })
      response.writeHead(statusCode).end('OK')
    })
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  const { port } = receiver.address() as AddressInfo
  const hookUrl = `http://127.0.0.1:${port}/whatsapp-webhook/`
  const app = await buildApp({ ...config, SIMULATOR_WEBHOOK_URL: hookUrl, ...changes })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(async () => {
    await app.close()
    receiver.closeAllConnections()
    await new Promise((resolve) => receiver.close(resolve))
  })

  async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const json = body === undefined ? {} : { 'content-type': 'application/json' }
    const init = { method, headers: { ...json, ...headers }, ...(body !== undefined && { body: JSON.stringify(body) }) }
    const response = await fetch(url + path, init)
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') === true
    return { status: response.status, text, body: isJson ? JSON.parse(text) : undefined }
  }

  // One at a time: over several connections they may arrive in any order.
  await call('POST', '/control/settings', { webhook_concurrency: 1 })
  const authorization = `Bearer ${token}`
  return {
    url,
    hooks,
    authorization,
    call,
    control: (method: string, path: string, body?: unknown) => call(method, `/control/${path}`, body),
    send: (body: object) =>
      call('POST', `/v24.0/${phoneNumberId}/messages`, { messaging_product: 'whatsapp', ...body }, { authorization }),
    /** Waits until every webhook came through. */
    flush: () => call('POST', '/control/flush', { timeout_ms: 5000 })
  }
}

export const text = { to: '+491712345678', type: 'text', text: { body: 'Hello' } }

/** The statuses or messages that these webhooks carry, in their order. */
export function itemsOf(hooks: readonly Hook[], kind: 'statuses' | 'messages') {
  return hooks.flatMap(({ raw }) => changesOf(raw).flatMap(({ value }) => value[kind] ?? []))
}

type Item = Record<string, unknown> & { id: string; status?: string; type?: string; timestamp: string }
type Change = { field: string; value: Record<string, unknown> & { statuses?: Item[]; messages?: Item[] } }

export function changesOf(raw: Buffer): Change[] {
  const body = JSON.parse(raw.toString()) as { entry: { changes: Change[] }[] }
  return body.entry.flatMap((entry) => entry.changes)
}
