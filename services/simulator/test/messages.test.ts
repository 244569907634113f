import t from 'tap'
import { phoneNumberId, startSimulator, text } from './start.ts'

t.test('an accepted message is answered as Meta answers it', async (t) => {
  const { send } = await startSimulator(t)
  const { status, body } = await send({ ...text, to: '+49 (171) 234-5678' })
  t.equal(status, 200)
  t.strictSame(body.contacts, [{ input: '+49 (171) 234-5678', wa_id: '491712345678' }])
  t.equal(body.messaging_product, 'whatsapp')
  const [{ id }] = body.messages
  t.match(id, /^wamid\.[A-Za-z0-9+/]+={0,2}$/)
  const bytes = Buffer.from(id.slice('wamid.'.length), 'base64').toString('hex')
  const phone = Buffer.from('491712345678').toString('hex')
  t.match(bytes, new RegExp(`^1c180c${phone}150200111812(3[0-9]|4[1-6]){18}00$`), 'the bytes of a real one')
})

t.test('only templates have a message status', async (t) => {
  const { send } = await startSimulator(t)
  const template = { name: 'hello_world', language: { code: 'en_US' } }
  const { body } = await send({ to: text.to, type: 'template', template })
  t.equal(body.messages[0].message_status, 'accepted')
  t.notOk('message_status' in (await send(text)).body.messages[0])
})

t.test('the same seed and requests give the same wamids, another seed others, and never one twice', async (t) => {
  const wamids = async (seed: number) => {
    const { send, control } = await startSimulator(t, { config: { SIMULATOR_SEED: seed } })
    await control('POST', 'settings', { statuses: false })
    const ids: string[] = []
    for (let n = 0; n < 50; n++) ids.push((await send(text)).body.messages[0].id)
    return ids
  }
  const [first, again, other] = [await wamids(7), await wamids(7), await wamids(8)]
  t.strictSame(first, again)
  t.equal(new Set([...first, ...other]).size, 100)
})

t.test('a reset goes on with new wamids, and begins anew only under a given seed', async (t) => {
  const { send, control } = await startSimulator(t)
  const next = async () => (await send(text)).body.messages[0].id
  const first = await next()
  await control('POST', 'reset')
  t.not(await next(), first)
  await control('POST', 'reset', { seed: 1 })
  t.equal(await next(), first)
})

t.test('a message can be marked as read, with the typing indicator', async (t) => {
  const { send, control } = await startSimulator(t)
  const read = { status: 'read', message_id: 'wamid.AAAA', typing_indicator: { type: 'text' } }
  t.strictSame((await send(read)).body, { success: true })
  t.match((await send({ ...read, message_id: 'other' })).body, { error: { code: 100 } })
  t.match((await control('GET', 'stats')).body, { read_marks: 1, accepted: 0 })
})

t.test('callback data that was accepted twice is told', async (t) => {
  const { send, control } = await startSimulator(t)
  for (const data of ['a', 'b', 'a']) await send({ ...text, biz_opaque_callback_data: data })
  const { body } = await control('GET', 'messages')
  t.match(body, { total: 3, distinct: 2, doubled: [{ biz_opaque_callback_data: 'a', accepted: 2 }] })
  t.equal(body.messages[0].biz_opaque_callback_data, 'a', 'the newest comes first')
  const { wamid } = body.messages[0]
  t.match((await control('GET', `messages/${wamid}`)).body, { wamid, to: '491712345678', request: { text: text.text } })
  t.equal((await control('GET', 'messages/wamid.none')).status, 404)
})

t.test('recording can be less', async (t) => {
  const { send, control } = await startSimulator(t)
  await control('POST', 'settings', { recording: 'counts' })
  for (const data of ['a', 'a']) await send({ ...text, biz_opaque_callback_data: data })
  const { body } = await control('GET', 'messages')
  t.match(body, { total: 2, doubled: [{ accepted: 2 }], messages: [] })
  t.strictSame((await control('GET', 'requests')).body, { requests: [] })
})

t.test('the last requests are shown without the token', async (t) => {
  const { send, control } = await startSimulator(t)
  await send({ ...text, type: 'nonsense' })
  const { body } = await control('GET', 'requests?limit=1')
  const path = `/v24.0/${phoneNumberId}/messages`
  t.match(body.requests, [{ method: 'POST', url: path, status: 400, body: { type: 'nonsense' } }])
  t.notMatch(JSON.stringify(body), /a token/)
})

t.test('limits refuse what Meta would refuse', async (t) => {
  const { send, control } = await startSimulator(t)
  await control('POST', 'settings', { pair_limit: true, statuses: false })
  const codes: unknown[] = []
  for (let n = 0; n < 46; n++) codes.push((await send(text)).body.error?.code)
  t.strictSame(codes, [...Array(45).fill(undefined), 131056])
  t.equal((await send({ ...text, to: '+491712345679' })).status, 200, 'another phone is not concerned')

  await control('POST', 'reset', {})
  await control('POST', 'settings', { number_rate: 1, statuses: false })
  const answers = await Promise.all(Array.from({ length: 20 }, () => send(text)))
  const refused = answers.filter(({ body }) => body.error?.code === 130429)
  t.ok(refused.length >= 12 && refused.length <= 19, `${refused.length} of 20 refused`)
  await control('POST', 'settings', { number_rate: 20 })
  await control('POST', 'messages', { from: '491712345679', count: 20 })
  t.equal((await send(text)).body.error?.code, 130429, 'what comes in counts, too')
})
