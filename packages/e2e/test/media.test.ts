import { createHash, randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { type ApiMedia, type ListedContact, type ListedMessage } from '@wag/contracts'
import { eventually } from '@wag/testkit'
import t from 'tap'
import { startSystem, subscribe } from '../src/index.ts'

t.test('what a customer sends is kept, and is to be had long after Meta has forgotten it', async (t) => {
  const folder = t.testdir()
  const system = await startSystem(t, { env: { MEDIA_DIR: folder } })
  const { client, env } = system
  const { events } = await subscribe(t, system.realtimeUrl, env.API_KEY ?? '', { tenant: true })
  const bytes = randomBytes(150_000)
  const content = { data: bytes.toString('base64'), mime_type: 'application/pdf', filename: 'Straße.pdf' }
  await client.control('messages', { from: '16505551234', type: 'document', content })
  const stored = await eventually(() => events.find(({ type }) => type === 'media.stored'), { timeoutMs: 20_000 })
  t.strictSame(
    events.map(({ type }) => type),
    ['message.received', 'media.stored']
  )

  const media = (await client.get(`/v1/media/${stored.data.mediaId}`)).body as ApiMedia
  t.match(media, { state: 'stored', bytes: bytes.length, filename: 'Straße.pdf', type: 'document' })
  t.equal(media.sha256, createHash('sha256').update(bytes).digest('hex'))
  await client.control('reset', {})

  const [contact] = (await client.get('/contacts/')).body as ListedContact[]
  const [message] = (await client.get(`/messages/${contact?.id}/`)).body as ListedMessage[]
  t.equal(message?.link, `/media/${media.media_id}/`)
  const { link, ...rest } = (await client.get(message?.link ?? '')).body as { link: string }
  t.strictSame(rest, { media_id: media.media_id, mime_type: 'application/pdf' })
  const answer = await fetch(link, { headers: { range: 'bytes=100-' } })
  t.equal(answer.status, 206)
  t.ok(Buffer.from(await answer.arrayBuffer()).equals(bytes.subarray(100)))
  t.match(answer.headers.get('content-disposition'), "filename*=UTF-8''Stra%C3%9Fe.pdf")
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  t.equal(files.filter((file) => file.isFile()).length, 1)
})
