import { type OutboundContent } from '@wag/contracts'
import t from 'tap'
import { createPayload } from '../src/index.ts'

const envelope = {
  messaging_product: 'whatsapp',
  recipient_type: 'individual',
  to: '+491700000001',
  biz_opaque_callback_data: 'our-id'
}

const contents: OutboundContent[] = [
  { type: 'text', text: { body: 'Hello' } },
  { type: 'image', image: { link: 'https://example.com/a.png', caption: 'A' } },
  { type: 'document', document: { link: 'https://example.com/a.pdf', filename: 'a.pdf' } },
  { type: 'template', template: { name: 'welcome', language: { code: 'en_US' } } }
]

for (const content of contents) {
  t.test(`a ${content.type} goes under its own name, to a number with a plus`, async (t) => {
    const payload = createPayload({ to: '491700000001', content, callbackData: 'our-id' })
    t.strictSame(payload, { ...envelope, ...content })
  })
}

t.test('the number is sent as + and digits, however it was written', async (t) => {
  for (const to of ['491700000001', '+49 170 000-0001', '+49 (170) 0000001']) {
    const payload = createPayload({ to, content: { type: 'text', text: { body: 'x' } }, callbackData: 'c' })
    t.equal(payload.to, '+491700000001')
  }
})

t.test('an answer names the message it answers', async (t) => {
  const content: OutboundContent = { type: 'text', text: { body: 'x' } }
  const payload = createPayload({ to: '1', content, callbackData: 'c', contextMessageId: 'wamid.X' })
  t.same(payload.context, { message_id: 'wamid.X' })
})
