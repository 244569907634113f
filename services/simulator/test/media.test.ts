import { createHash } from 'node:crypto'
import t from 'tap'
import { itemsOf, phoneNumberId, startSimulator, text } from './start.ts'

const bytes = Buffer.from('not really a picture')

async function upload(url: string, authorization: string, type: string, content = bytes) {
  const body = new FormData()
  body.set('messaging_product', 'whatsapp')
  body.set('file', new Blob([content], { type }), 'a.jpg')
  const response = await fetch(`${url}/v24.0/${phoneNumberId}/media`, {
    method: 'POST',
    headers: { authorization },
    body
  })
  return { status: response.status, body: (await response.json()) as { id: string; error: { code: number } } }
}

t.test('an uploaded file can be described, fetched, sent and deleted', async (t) => {
  const { url, call, send, authorization } = await startSimulator(t)
  const { id } = (await upload(url, authorization, 'image/jpeg')).body
  t.match(id, /^\d{16}$/)
  const { body: media } = await call('GET', `/v24.0/${id}?phone_number_id=${phoneNumberId}`, undefined, {
    authorization
  })
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  t.match(media, { messaging_product: 'whatsapp', mime_type: 'image/jpeg', sha256, file_size: bytes.length, id })

  const fetched = await fetch(media.url, { headers: { authorization } })
  t.equal(fetched.headers.get('content-type'), 'image/jpeg')
  t.strictSame(Buffer.from(await fetched.arrayBuffer()), bytes)
  t.equal((await fetch(media.url)).status, 401, 'not without the token')
  t.equal((await fetch(media.url.replace('hash=', 'hash=x'), { headers: { authorization } })).status, 404)

  t.equal((await send({ to: text.to, type: 'image', image: { id } })).status, 200)
  t.strictSame((await call('DELETE', `/v24.0/${id}`, undefined, { authorization })).body, { success: true })
  const gone = await call('GET', `/v24.0/${id}`, undefined, { authorization })
  t.equal(gone.status, 400)
  t.match(gone.body.error, { code: 100, error_subcode: 33, type: 'GraphMethodException' })
})

t.test('a file of a type or size that Meta does not take is refused', async (t) => {
  const { url, authorization } = await startSimulator(t)
  t.match((await upload(url, authorization, 'application/octet-stream')).body, { error: { code: 100 } })
  const large = Buffer.alloc(5 * 1024 * 1024 + 1)
  t.match((await upload(url, authorization, 'image/png', large)).body, { error: { code: 131053 } })
})

t.test('media that a phone sends can be fetched', async (t) => {
  const { control, call, flush, hooks, authorization } = await startSimulator(t)
  const content = { data: bytes.toString('base64'), mime_type: 'image/png', caption: 'Look' }
  await control('POST', 'messages', { from: '491712345678', type: 'image', content })
  await flush()
  const [message] = itemsOf(hooks, 'messages')
  const sha256 = createHash('sha256').update(bytes).digest('base64')
  t.match(message, { type: 'image', image: { mime_type: 'image/png', sha256, caption: 'Look', id: /^\d+$/ } })
  const { id = '', url = '' } = (message?.image ?? {}) as { id?: string; url?: string }
  t.strictSame(Buffer.from(await (await fetch(url, { headers: { authorization } })).arrayBuffer()), bytes)
  t.equal((await call('GET', `/v24.0/${id}`, undefined, { authorization })).body.file_size, bytes.length)
})

t.test('the number tells its fields', async (t) => {
  const { call, control, authorization } = await startSimulator(t)
  const fields = 'display_phone_number,verified_name,quality_rating,throughput'
  const { body } = await call('GET', `/v24.0/${phoneNumberId}?fields=${fields}`, undefined, { authorization })
  t.strictSame(Object.keys(body).toSorted(), [...fields.split(','), 'id'].toSorted())
  t.match(body, { id: phoneNumberId, throughput: { level: 'STANDARD' }, display_phone_number: /^\+1 555-\d{3}-\d{4}$/ })
  await control('POST', 'phone-numbers', { id: '77', verified_name: 'Second' })
  t.match((await call('GET', '/v24.0/77', undefined, { authorization })).body, { verified_name: 'Second' })
})
