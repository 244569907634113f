import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { startHttp, type TestContext } from '@wag/testkit'

/** How a medium misbehaves. */
export type Quirk =
  | 'slow'
  | 'stale'
  | 'redirect'
  | 'redirect-home'
  | 'foreign'
  | 'wrong'
  | 'unannounced'
  | 'cut'
  | 'missing'
  | 'hang'

export type HostedMedia = { id: string; bytes: number; quirk?: Quirk }

const pieceBytes = 64 * 1024

/** The bytes of a medium, a piece at a time: any size without holding it. */
function* piecesOf({ id, bytes }: HostedMedia): Generator<Buffer> {
  const piece = Buffer.alloc(pieceBytes, createHash('sha256').update(id).digest())
  for (let left = bytes; left > 0; left -= pieceBytes) yield left < pieceBytes ? piece.subarray(0, left) : piece
}

/** The hash of a medium's bytes. */
export function sha256Of(media: HostedMedia): Buffer {
  const hash = createHash('sha256')
  for (const piece of piecesOf(media)) hash.update(piece)
  return hash.digest()
}

type Seen = { url: string; authorization: string | undefined; userAgent: string | undefined }

async function listen(t: TestContext, answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>) {
  const seen: Seen[] = []
  const url = await startHttp(t, (request, response) => {
    const { authorization, 'user-agent': userAgent } = request.headers
    seen.push({ url: request.url ?? '', authorization, userAgent })
    response.on('error', () => undefined)
    answer(request, response).catch(() => response.destroy())
  })
  return { url, seen }
}

/** Graph and the host of its media in one, and a host that is not Meta's. */
export async function startMeta(t: TestContext, all: HostedMedia[]) {
  const media = new Map(all.map((one) => [one.id, one]))
  const lookups = new Map<string, number>()
  const stranger = await listen(t, async (_request, response) => void response.end('not for you'))
  const meta: Awaited<ReturnType<typeof listen>> = await listen(t, async (request, response) => {
    const url = new URL(request.url ?? '', meta.url)
    const id = url.pathname.split('/').at(-1) ?? ''
    const one = media.get(id)
    const isLookup = url.pathname.startsWith('/v24.0/')
    if (!one || (isLookup && one.quirk === 'missing')) return void response.writeHead(404).end('{}')
    if (isLookup) {
      lookups.set(id, (lookups.get(id) ?? 0) + 1)
      return answerLookup(response, one)
    }
    if (url.pathname.startsWith('/open/')) return send(response, one)
    if (!request.headers.authorization) return void response.writeHead(401).end()
    return answerDownload(response, one)
  })

  function answerLookup(response: ServerResponse, one: HostedMedia): void {
    const host = one.quirk === 'foreign' ? stranger.url : meta.url
    const size = one.quirk === 'unannounced' ? {} : { file_size: String(one.bytes) }
    const sha256 = sha256Of(one).toString('hex')
    const answer = { messaging_product: 'whatsapp', url: `${host}/file/${one.id}`, mime_type: 'image/jpeg', sha256 }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ ...answer, ...size, id: one.id }))
  }

  async function answerDownload(response: ServerResponse, one: HostedMedia): Promise<void> {
    const isFirst = lookups.get(one.id) === 1
    if (one.quirk === 'stale' && isFirst) return void response.writeHead(404).end()
    if (one.quirk === 'redirect') return void response.writeHead(302, { location: `${stranger.url}/x` }).end()
    if (one.quirk === 'redirect-home') return void response.writeHead(302, { location: `/open/${one.id}` }).end()
    if (one.quirk === 'wrong') return send(response, { ...one, id: `${one.id} otherwise` })
    if (one.quirk === 'cut' && isFirst) return void response.write('the beginning', () => response.destroy())
    if (one.quirk === 'hang') return void response.writeHead(200).write('the beginning')
    return send(response, one)
  }

  async function send(response: ServerResponse, one: HostedMedia): Promise<void> {
    const length = one.quirk === 'unannounced' ? {} : { 'content-length': one.bytes }
    response.writeHead(200, { 'content-type': 'image/jpeg', ...length })
    for (const piece of piecesOf(one)) {
      if (response.destroyed) return
      if (!response.write(piece)) await once(response, 'drain')
      if (one.quirk === 'slow') await wait(100)
    }
    response.end()
  }

  return {
    url: meta.url,
    seen: meta.seen,
    stranger,
    release: (id: string) => media.set(id, { ...media.get(id), quirk: undefined } as never)
  }
}
