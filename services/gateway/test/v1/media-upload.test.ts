import { type ServerResponse } from 'node:http'
import { startHttp } from '@wag/testkit'
import t, { type Test } from 'tap'
import { pngOf } from '../form.ts'
import { startMeta } from '../meta.ts'
import { openGateway, phoneNumberId } from '../open.ts'
import { call, countMessages, post, rowOf, to } from './api.ts'

async function open(t: Test, changes: object = {}) {
  const requests: string[] = []
  const origin = await startHttp(t, ({ url = '' }, response: ServerResponse) => {
    requests.push(url)
    if (url.endsWith('.png')) response.writeHead(200, { 'content-type': 'image/png' }).end(pngOf())
    else response.writeHead(404).end()
  })
  const { host } = new URL(origin)
  const meta = await startMeta(t)
  const gateway = await openGateway(t, { GRAPH_URL: meta.url, MEDIA_LINK_ALLOW: host, ...changes })
  return { gateway, meta, requests, link: (path: string) => `http://${host}${path}` }
}

t.test('the message that is accepted names the file by the id Meta gave it', async (t) => {
  const { gateway, link, meta } = await open(t)
  const image = { link: link('/a.png'), caption: 'c' }
  const { status, body } = await post(gateway, { type: 'image', text: undefined, image, media: 'upload' })
  t.equal(status, 202)
  t.strictSame((await rowOf(gateway, body.id)).content, { type: 'image', image: { caption: 'c', id: 'media-1' } })
  t.match(meta.uploads, [{ url: `/v24.0/${phoneNumberId}/media` }])
  const linked = await post(gateway, { type: 'image', text: undefined, image })
  t.strictSame((await rowOf(gateway, linked.body.id)).content, { type: 'image', image }, 'only where it is asked for')
})

t.test('headers, cards and parameters of templates are uploaded too', async (t) => {
  const { gateway, link, requests } = await open(t)
  const image = { link: link('/a.png') }
  const interactive = {
    type: 'button',
    header: { type: 'image', image },
    body: { text: 'b' },
    action: { buttons: [{ type: 'reply', reply: { id: '1', title: 'x' } }] }
  }
  const one = await post(gateway, { type: 'interactive', text: undefined, interactive, media: 'upload' })
  t.equal(one.status, 202, one.text)
  t.match((await rowOf(gateway, one.body.id)).content, { interactive: { header: { image: { id: 'media-1' } } } })
  const components = [{ type: 'header', parameters: [{ type: 'image', image }] }]
  const template = { name: 'offer', language: { code: 'en_US' }, components }
  const two = await post(gateway, { type: 'template', text: undefined, template, media: 'upload' })
  t.equal(two.status, 202, two.text)
  const parameters = [{ type: 'image', image: { id: 'media-1' } }]
  t.match((await rowOf(gateway, two.body.id)).content, { template: { components: [{ parameters }] } })
  t.equal(requests.length, 1)
})

t.test('a batch of a thousand with one link fetches it once; a bad one fails its own messages alone', async (t) => {
  const { gateway, link, meta, requests } = await open(t)
  const messages = Array.from({ length: 1_000 }, (_, index) => ({
    to,
    type: 'image',
    media: 'upload',
    image: { link: link(index % 10 === 0 ? '/none' : '/a.png') }
  }))
  const { status, body } = await call(gateway, '/batch', { method: 'POST', payload: { messages } })
  t.equal(status, 202)
  t.match(body.results[1], { index: 1, status: 'queued' })
  const pointer = '/image/link'
  t.match(body.results[10], { error: { code: 'invalid_message', errors: [{ pointer, detail: /HTTP 404/ }] } })
  t.equal(await countMessages(gateway), 900)
  t.strictSame(requests.toSorted(), ['/a.png', '/none'])
  t.equal(meta.uploads.length, 1)
})

t.test('a link that leads inside is refused, and nothing is accepted', async (t) => {
  const { gateway, link, requests } = await open(t, { MEDIA_LINK_ALLOW: '' })
  const links = [
    link('/a.png'),
    'https://127.0.0.1/',
    'https://[::ffff:a9fe:a9fe]/',
    'https://0/',
    'http://example.com/'
  ]
  for (const each of links) {
    const { status, body } = await post(gateway, {
      type: 'document',
      text: undefined,
      document: { link: each },
      media: 'upload'
    })
    t.match([status, body.code], [400, 'invalid_message'], each)
    t.match(body.errors, [{ pointer: '/document/link', detail: /^The link must be/ }], each)
  }
  t.equal(requests.length, 0)
  t.equal(await countMessages(gateway), 0)
})

t.test('what Meta cannot take now, or keeps too short, is not accepted', async (t) => {
  const { gateway, link } = await open(t, { GRAPH_URL: 'http://127.0.0.1:1' })
  const message = { type: 'image', text: undefined, image: { link: link('/a.png') }, media: 'upload' }
  const away = await post(gateway, message)
  t.match([away.status, away.body.code], [502, 'graph_unavailable'])
  const sendAt = new Date(Date.now() + 30 * 86_400_000).toISOString()
  const late = await post(gateway, { ...message, send_at: sendAt })
  t.match([late.status, late.body.errors], [400, [{ pointer: '/send_at', detail: /within 29 days/ }]])
  t.equal(await countMessages(gateway), 0)
})

t.test('media: upload belongs to a message with a link', async (t) => {
  const { gateway } = await open(t)
  const bad = [{ media: 'upload' }, { type: 'image', text: undefined, image: { id: '1' }, media: 'upload' }]
  for (const changes of bad) {
    const { status, body } = await post(gateway, changes)
    t.match([status, body.errors[0].pointer], [400, '/media'])
  }
})
