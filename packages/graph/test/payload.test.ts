import { type OutboundContent, type Recipient } from '@wag/contracts'
import t from 'tap'
import { createPayload } from '../src/index.ts'

const phone: Recipient = { kind: 'phone', id: '491700000001' }
const callbackData = 'our-id'
const envelope = {
  messaging_product: 'whatsapp',
  recipient_type: 'individual',
  to: '+491700000001',
  biz_opaque_callback_data: callbackData
}
const text: OutboundContent = { type: 'text', text: { body: 'Hello' } }

const contents: OutboundContent[] = [
  text,
  { type: 'image', image: { link: 'https://example.com/a.png', caption: 'A' } },
  { type: 'document', document: { link: 'https://example.com/a.pdf', filename: 'a.pdf' } },
  { type: 'location', location: { latitude: '52.5', longitude: 13.4 } },
  { type: 'template', template: { name: 'welcome', language: { code: 'en_US' } } },
  { ...text, context: { message_id: 'wamid.X' }, category: 'utility', recipient_identity_key_hash: 'h' }
]

for (const content of contents) {
  t.test(`a ${content.type} goes under its own name, with all that stands beside it`, async (t) => {
    t.strictSame(createPayload({ recipient: phone, content, callbackData }), { ...envelope, ...content })
  })
}

t.test('a number is sent as + and digits, however it was written', async (t) => {
  for (const id of ['491700000001', '+49 170 000-0001', '+49 (170) 0000001']) {
    const payload = createPayload({ recipient: { kind: 'phone', id }, content: text, callbackData })
    t.equal(payload.to, '+491700000001')
  }
})

t.test('a user id goes as recipient, and no number with it', async (t) => {
  const payload = createPayload({
    recipient: { kind: 'user', id: 'US.13491208655302741918' },
    content: text,
    callbackData
  })
  t.match(payload, { recipient_type: 'individual', recipient: 'US.13491208655302741918' })
  t.notOk('to' in payload)
})

t.test("a group's id goes as it is", async (t) => {
  const payload = createPayload({ recipient: { kind: 'group', id: 'Y2FwaV9ncm91cDox' }, content: text, callbackData })
  t.match(payload, { recipient_type: 'group', to: 'Y2FwaV9ncm91cDox' })
})

t.test('raw content goes out in place of itself, and cannot change whom it goes to', async (t) => {
  const raw = { type: 'pin', pin: { message_id: 'wamid.X' }, to: '+15550000000', messaging_product: 'other' }
  const content: OutboundContent = { type: 'raw', raw, context: { message_id: 'wamid.Y' } }
  t.strictSame(createPayload({ recipient: phone, content, callbackData }), {
    ...envelope,
    type: 'pin',
    pin: { message_id: 'wamid.X' },
    context: { message_id: 'wamid.Y' }
  })
})
