import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { type createGraph, type SendRequest } from '../src/index.ts'

/** What reached a server: the one thing a send must never do twice. */
export type Recorded = { method: string; url: string; headers: IncomingMessage['headers']; body: string }

export type Listening = { port: number; url: string; close: () => Promise<void> }

type Scope = { after(close: () => Promise<void> | void): void }

/** An HTTP server on loopback that records each request whole and then lets `answer` answer it. */
export async function startHttp(
  scope: Scope,
  answer: (response: ServerResponse, request: Recorded) => void,
  port = 0
): Promise<Listening & { requests: Recorded[] }> {
  const requests: Recorded[] = []
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request
    text(request).then(
      (body) => {
        const recorded = { method, url, headers, body }
        requests.push(recorded)
        answer(response, recorded)
      },
      // Cut off before it was whole: nothing to answer.
      () => undefined
    )
  })
  return Object.assign(await listen(scope, server, port), { requests })
}

/** A TCP server on loopback; `requests` counts the request lines that came in, over all connections. */
export async function startTcp(
  scope: Scope,
  onRequest: (socket: Socket, index: number) => void
): Promise<Listening & { requests: () => number }> {
  let requests = 0
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined) // The faults under test reset connections from both ends.
    socket.on('data', (chunk) => {
      const isHandshake = chunk[0] === 0x16
      const count = chunk.toString('latin1').match(/(?:GET|POST) \//g)?.length ?? 0
      requests += count
      if (isHandshake || count > 0) onRequest(socket, requests - 1)
    })
  })
  return Object.assign(await listen(scope, server), { requests: () => requests })
}

export async function listen(scope: Scope, server: Server, wanted = 0): Promise<Listening> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(wanted, '127.0.0.1')
  await once(server, 'listening')
  let closed: Promise<unknown> | undefined
  const close = async (): Promise<void> => {
    closed ??= once(server.close(), 'close')
    for (const socket of sockets) socket.destroy()
    await closed
  }
  scope.after(close)
  const { port } = server.address() as AddressInfo
  return { port, url: `http://127.0.0.1:${port}`, close }
}

/** A port on which nothing listens. */
export async function freePort(scope: Scope): Promise<number> {
  const { port, close } = await listen(scope, createTcpServer())
  await close()
  return port
}

/** Answers like Meta after it took a message. */
export function accept(response: ServerResponse, wamid = 'wamid.ACCEPTED'): void {
  answerJson(response, 200, {
    messaging_product: 'whatsapp',
    contacts: [{ input: '+491700000001', wa_id: '491700000001' }],
    messages: [{ id: wamid }]
  })
}

export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

export const token = 'EAAG-canary-token'

export function sendRequest(more: Partial<SendRequest> = {}): SendRequest {
  return {
    phoneNumberId: '106540352242922',
    accessToken: token,
    recipient: { kind: 'phone', id: '491700000001' },
    content: { type: 'text', text: { body: 'canary text' } },
    callbackData: '0193b2c4-7d5e-7000-8000-000000000001',
    ...more
  }
}

export const graphOptions: Omit<Parameters<typeof createGraph>[0], 'baseUrl'> = {
  version: 'v26.0',
  timeoutMs: 5000,
  connectionsMax: 4
}
