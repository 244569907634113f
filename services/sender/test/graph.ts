import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import { type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type TestContext } from '@wag/testkit'

/** A POST that reached Meta: the one thing that must not happen twice. */
export type Post = {
  messageId: string
  body: string
  template: string | undefined
  url: string
  headers: IncomingHttpHeaders
  /** When it arrived, by `performance.now()`. */
  at: number
}

type Payload = { biz_opaque_callback_data: string; text?: { body: string }; template?: { name: string } }

export type Answer = (response: ServerResponse, post: Post) => unknown

export type GraphStandIn = {
  url: string
  port: number
  posts: Post[]
  /** Messages that were POSTed more than once. */
  doubled(): string[]
  close(): Promise<void>
}

/** Stands in for Meta: keeps every POST and lets `answer` answer it, by default with a wamid. */
export async function startGraph(t: TestContext, answer: Answer = accept, port = 0): Promise<GraphStandIn> {
  const posts: Post[] = []
  const server = createServer((request, response) => {
    const at = performance.now()
    void text(request).then((json) => {
      const payload = JSON.parse(json) as Payload
      const post = {
        messageId: payload.biz_opaque_callback_data,
        body: payload.text?.body ?? '',
        template: payload.template?.name,
        url: request.url ?? '',
        headers: request.headers,
        at
      }
      posts.push(post)
      answer(response, post)
    })
  }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    if (server.listening) await new Promise((resolve) => server.close(resolve))
  }
  t.teardown(close)
  const address = server.address() as AddressInfo
  const doubled = (): string[] => {
    const byId = Map.groupBy(posts, ({ messageId }) => messageId)
    return [...byId].flatMap(([id, sent]) => (sent.length > 1 ? [id] : []))
  }
  return { url: `http://127.0.0.1:${address.port}`, port: address.port, posts, doubled, close }
}

/** Answers like Meta after it took a message. */
export function accept(response: ServerResponse, { messageId }: Post): void {
  json(response, 200, { messaging_product: 'whatsapp', messages: [{ id: `wamid.${messageId}` }] })
}

/** Answers like Meta when it refuses. */
export function refuse(status: number, code: number, message = 'refused', data?: { details: string }): Answer {
  return (response) =>
    json(response, status, { error: { code, message, type: 'OAuthException', ...(data && { error_data: data }) } })
}

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
