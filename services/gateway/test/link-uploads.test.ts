import { type IncomingMessage, type ServerResponse } from 'node:http'
import { createGraph } from '@wag/graph'
import { startHttp } from '@wag/testkit'
import { Registry } from 'prom-client'
import t, { type Test } from 'tap'
import { createLinkUploads } from '../src/link-uploads.ts'
import { createMetrics } from '../src/metrics.ts'
import { openTempFiles } from '../src/temp-files.ts'
import { createUploads } from '../src/uploads.ts'
import { pngOf } from './form.ts'
import { startMeta } from './meta.ts'
import { configOf, encryptionKey, openLedger, phoneNumberId, tenantId } from './open.ts'

type Answer = (response: ServerResponse, request: IncomingMessage) => void

async function open(t: Test, answer: Answer, meta?: Parameters<typeof startMeta>[1]) {
  const requests: string[] = []
  const origin = await startHttp(t, (request, response) => {
    requests.push(request.url ?? '')
    answer(response, request)
  })
  const { port } = new URL(origin)
  const graphServer = await startMeta(t, meta)
  const graph = createGraph({ baseUrl: graphServer.url, version: 'v24.0', timeoutMs: 5_000, connectionsMax: 20 })
  t.teardown(() => graph.close())
  const { DATABASE_URL } = await configOf(t)
  const db = await openLedger(t, DATABASE_URL)
  const metrics = createMetrics(new Registry())
  const tempFiles = await openTempFiles(t.testdir())
  const make = () =>
    createLinkUploads({
      uploads: createUploads({ db, graph, metrics, encryptionKey }),
      tempFiles,
      metrics,
      links: { timeoutMs: 5_000, allow: [`127.0.0.1:${port}`] },
      fetchesMax: 4
    })
  const replaceOf = (links: ReturnType<typeof make>) => (content: object, until?: Date) =>
    links.replaceLinks({ tenantId, phoneNumberId, content, ...(until && { until }) })
  const image = (path = '/a.png') => ({
    type: 'image',
    image: { link: `http://127.0.0.1:${port}${path}`, caption: 'c' }
  })
  return {
    requests,
    uploads: graphServer.uploads,
    db,
    image,
    replace: replaceOf(make()),
    restart: () => replaceOf(make())
  }
}

const png: Answer = (response) => response.writeHead(200, { 'content-type': 'image/png' }).end(pngOf())

t.test('a link becomes the id of what it leads to, and the message is otherwise as it was', async (t) => {
  const { replace, image, uploads } = await open(t, png)
  const content = image()
  t.strictSame(await replace(content), { type: 'image', image: { caption: 'c', id: 'media-1' } })
  t.match(content.image.link, /^http/, 'what was given is not changed')
  t.match(uploads, [{ url: `/v24.0/${phoneNumberId}/media`, mimeType: 'image/png', bytes: 200 }])
  t.strictSame(await replace({ type: 'text', text: { body: 'x' } }), { type: 'text', text: { body: 'x' } })
})

t.test('a thousand messages with one link fetch it once and upload it once', async (t) => {
  const { replace, restart, image, requests, uploads } = await open(t, png)
  const results = await Promise.all(Array.from({ length: 1_000 }, () => replace(image())))
  t.strictSame(new Set(results.map((content) => JSON.stringify(content))).size, 1)
  await replace(image())
  t.strictSame([requests.length, uploads.length], [1, 1])
  await replace(image('/b.png'))
  t.strictSame([requests.length, uploads.length], [2, 1], 'another link to the same content is not uploaded again')
  await restart()(image())
  t.strictSame([requests.length, uploads.length], [3, 1], 'nor is it by another process')
})

t.test('whoever the link belongs to is told what is wrong, with a pointer to it', async (t) => {
  const { replace, image, uploads } = await open(t, (response, { url }) => {
    if (url === '/html')
      return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>')
    if (url === '/large') return void response.end(pngOf(5_242_881))
    if (url === '/inside') return void response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
    response.writeHead(404).end()
  })
  const rows: [string, RegExp][] = [
    ['/none', /answered HTTP 404/],
    ['/html', /is text\/plain; the file of an image message must be image\/jpeg, image\/png/],
    ['/large', /more than 5242880 bytes/],
    ['/inside', /must be an https URL/]
  ]
  for (const [path, detail] of rows) {
    const problems = [{ pointer: '/image/link', detail }]
    await t.rejects(replace(image(path)), { code: 'invalid_message', statusCode: 400, message: detail, problems }, path)
  }
  for (const link of [
    'http://127.0.0.1:1/',
    'https://[::ffff:127.0.0.1]/',
    'https://2130706433/',
    'ftp://x/',
    'no URL'
  ]) {
    const problems = [{ pointer: '/video/link' }]
    await t.rejects(replace({ type: 'video', video: { link } }), { code: 'invalid_message', problems }, link)
  }
  t.equal(uploads.length, 0)
})

t.test('every bad link of a message is named at once', async (t) => {
  const { replace, image } = await open(t, (response, request) => {
    if (request.url === '/a.png') png(response, request)
    else response.writeHead(404).end()
  })
  const cards = ['/x', '/a.png', '/y'].map((path) => ({ header: image(path) }))
  const content = { type: 'interactive', interactive: { type: 'carousel', action: { cards } } }
  await t.rejects(replace(content), {
    code: 'invalid_message',
    problems: [
      { pointer: '/interactive/action/cards/0/header/image/link' },
      { pointer: '/interactive/action/cards/2/header/image/link' }
    ]
  })
})

t.test('a link that failed is not fetched again for each message of a batch', async (t) => {
  const { replace, image, requests } = await open(t, (response) => response.writeHead(404).end())
  for (let round = 0; round < 5; round++) await t.rejects(replace(image()), { code: 'invalid_message' })
  t.equal(requests.length, 1)
})

t.test('Meta’s faults are graph_unavailable and not remembered, its refusals point to the link', async (t) => {
  const refusal = { status: 400, body: { error: { message: '(#131053) Media upload error', code: 131053 } } }
  const answers = [undefined, { status: 500, body: 'x' }, { status: 400, body: { error: { code: 4, message: 'x' } } }]
  const faulty = await open(t, png, (index) => answers[index])
  for (let round = 0; round < 2; round++) {
    await t.rejects(faulty.replace(faulty.image()), { code: 'graph_unavailable', statusCode: 502 })
  }
  t.match(await faulty.replace(faulty.image()), { image: { id: 'media-3' } })
  const refusing = await open(t, png, () => refusal)
  const problems = [{ pointer: '/image/link', detail: /131053/ }]
  await t.rejects(refusing.replace(refusing.image()), { code: 'meta_refused', statusCode: 400, problems })
})

t.test(
  'an id must live until the message is sent: one that does not is not used, and none lives for ever',
  async (t) => {
    const { replace, image, uploads, db } = await open(t, png)
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000)
    t.match(await replace(image()), { image: { id: 'media-1' } })
    t.match(await replace(image(), inDays(28)), { image: { id: 'media-1' } })
    await db
      .updateTable('media_uploads')
      .set({ expires_at: inDays(10) })
      .execute()
    t.match(await replace(image('/b.png'), inDays(9)), { image: { id: 'media-1' } })
    t.match(await replace(image('/b.png'), inDays(20)), { image: { id: 'media-2' } })
    const problems = [{ pointer: '/send_at', detail: /29 days/ }]
    await t.rejects(replace(image(), inDays(29.1)), { code: 'invalid_message', problems })
    t.equal(uploads.length, 2)
    await t.resolves(
      replace({ type: 'image', image: { id: '1' } }, inDays(300)),
      'which is nothing to a message without links'
    )
  }
)
