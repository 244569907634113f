import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { browserModules } from '@wag/client/browser'
import { type FastifyInstance, type FastifyReply } from 'fastify'

const mediaTypes = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8']
])

const headers = {
  // Nothing inline, nothing from elsewhere; the realtime service may be anywhere, and speaks WebSocket.
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self' ws: wss:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache'
}

/** `/example`: a page that shows messages and statuses live, with the client as any page would load it. */
export async function exampleRoutes(app: FastifyInstance): Promise<void> {
  let files: Promise<Map<string, string>> | undefined

  async function send(name: string, reply: FastifyReply): Promise<FastifyReply> {
    // At the first visit: most simulators never have one.
    files ??= loadFiles()
    const text = (await files).get(name)
    if (text !== undefined) {
      return reply
        .headers(headers)
        .type(mediaTypes.get(extname(name)) ?? '')
        .send(text)
    }
    reply.callNotFound()
    return reply
  }

  app.get('/example', (_request, reply) => send('index.html', reply))
  app.get<{ Params: { '*': string } }>('/example/*', (request, reply) => send(request.params['*'], reply))
}

/** By the path below `/example/`. */
async function loadFiles(): Promise<Map<string, string>> {
  const read = (name: string) => readFile(new URL(`../example/${name}`, import.meta.url), 'utf8')
  const page = await read('page.js')
  const client = [...(await browserModules())].map(([name, source]) => [`client/${name}`, source] as const)
  return new Map([
    ['index.html', await read('index.html')],
    ['style.css', await read('style.css')],
    ['page.js', page.replace("'@wag/client'", "'/example/client/index.js'")],
    ...client
  ])
}
