import { type ListedContact, type ListedMessage, type SentMessage } from '@wag/contracts'
import { eventually } from '@wag/testkit'
import t from 'tap'
import { startSystem, subscribe } from '../src/index.ts'

t.test('a message to a customer goes from sent to read, and every subscriber hears of it', async (t) => {
  const system = await startSystem(t)
  const { client, env } = system
  const all = await subscribe(t, system.realtimeUrl, env.API_KEY ?? '', { tenant: true })
  t.same(all.ack, { ok: true, seq: 0 })

  await client.control('messages', { from: '16505551234', profile_name: 'Ada', text: 'Is it open?' })
  const contact = await eventually(async () => {
    const [first] = (await client.get('/contacts/')).body as ListedContact[]
    if (!first) throw new Error('no contact yet')
    return first
  })
  t.match(contact, { wa_id: '16505551234', profile_name: 'Ada' })

  const sent = await client.post(`/${contact.id}/send_message/`, {
    to: '+1 650-555-1234',
    type: 'text',
    body: 'Yes 🎉'
  })
  t.equal(sent.status, 200)
  const message = sent.body as SentMessage
  t.match(message.message_id, /^wamid\./)
  t.match(message, { contact: '16505551234', message_type: 'text', body: 'Yes 🎉', link: '', status: 'sent' })

  const listed = await eventually(async () => {
    const list = (await client.get(`/messages/${contact.id}/`)).body as ListedMessage[]
    if (list[1]?.status !== 'read') throw new Error(`not read yet: ${JSON.stringify(list)}`)
    return list
  })
  t.match(listed, [
    { body: 'Is it open?', status: 'received' },
    { message_id: message.message_id, body: 'Yes 🎉', status: 'read' }
  ])
  t.match(listed[0]?.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/)

  await eventually(() => {
    return all.events.length >= 4
  })
  const told = all.events.map(({ seq, type }) => ({ seq, type }))
  t.same(told, [
    { seq: 1, type: 'message.received' },
    { seq: 2, type: 'message.sent' },
    { seq: 3, type: 'message.delivered' },
    { seq: 4, type: 'message.read' }
  ])
})

t.test("what Meta refuses is answered with Meta's words", async (t) => {
  const { client } = await startSystem(t, { without: ['realtime'] })
  await client.control('faults', { kind: 'error', code: 131026, message: '(#131026) Message undeliverable' })
  const refused = await client.post('/send-template-message/', { to_phone_number: '16505551234', template_name: 'x' })
  t.equal(refused.status, 400)
  t.match(refused.body, { status: 'error', message: /Message undeliverable/ })

  const template = await client.post('/send-template-message', {
    to_phone_number: '16505551234',
    template_name: 'Hello World'
  })
  t.equal(template.status, 200)
  t.same(template.body, { status: 'success', message: 'Message sent successfully!' })
  const requests = (await client.control('requests?limit=1')) as { requests: { body: unknown }[] }
  t.match(JSON.stringify(requests), /hello_world/)
  t.match(JSON.stringify(requests), /en_US/)

  const media = await client.get('/media/123456789/')
  t.equal(media.status, 404)
  t.same(media.body, { status: 'error', message: 'Media not found' })
})

t.test(
  'a lost answer leaves the message unknown until the status webhook settles it, and is never repeated',
  async (t) => {
    const system = await startSystem(t, { without: ['realtime'], env: { SEND_WAIT_MS: '10000' } })
    await system.client.control('faults', { kind: 'accept_then_drop' })
    const sent = await system.client.post('/send-template-message/', {
      to_phone_number: '16505551234',
      template_name: 'x'
    })
    t.equal(sent.status, 200, 'settled while the caller waited')
    const report = (await system.client.control('messages?limit=10')) as { total: number; doubled: unknown[] }
    t.equal(report.total, 1)
    t.same(report.doubled, [])
  }
)
