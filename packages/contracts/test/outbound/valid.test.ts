import t from 'tap'
import { checkMessage, contentOf, recipientOf } from '../../src/index.ts'
import { outboundMessages } from './messages.ts'

const ours = [
  'from',
  'to',
  'recipient',
  'recipient_type',
  'messaging_product',
  'priority',
  'on_unknown',
  'metadata',
  'media'
]

for (const [name, body] of Object.entries(outboundMessages)) {
  t.test(`${name} is taken, and its content is the body without the recipient and without ours`, async (t) => {
    const given = structuredClone(body)
    const check = checkMessage(body)
    t.strictSame(check.ok ? [] : check.problems, [])
    t.strictSame(body, given, 'what is checked is not changed')
    if (!check.ok) return
    const expected = Object.entries(given).filter(([field]) => !ours.includes(field))
    t.strictSame(contentOf(check.value), { type: 'text', ...Object.fromEntries(expected) })
  })
}

t.test('whom a message goes to follows from the fields that name them', async (t) => {
  const cases: [string, string, string][] = [
    ['text', 'phone', '+491700000001'],
    ['to a user id', 'user', 'US.13491208655302741918'],
    ['to a group', 'group', 'Y2FwaV9ncm91cDoxNzA1NTU1MDEzOToxMjAzNjM0MDQ2OTQyMzM4MjAZD']
  ]
  for (const [name, kind, id] of cases) {
    const check = checkMessage(outboundMessages[name])
    t.strictSame(check.ok && recipientOf(check.value), { kind, id })
  }
})

t.test("preview_url beside a text is Meta's preview_url in it", async (t) => {
  const check = checkMessage({ ...outboundMessages.text, preview_url: true })
  t.strictSame(check.ok && contentOf(check.value), {
    type: 'text',
    text: { body: 'Your table is ready.', preview_url: true }
  })
})

t.test('a limit counts characters, not the bytes or halves of them', async (t) => {
  const emoji = (count: number) => checkMessage({ to: '1', type: 'text', text: { body: '😀'.repeat(count) } })
  t.ok(emoji(4096).ok)
  t.notOk(emoji(4097).ok)
})

t.test('a limit itself is still allowed', async (t) => {
  const bodies = [
    { to: '1', type: 'image', image: { id: '1', caption: 'x'.repeat(1024) } },
    { to: '1', type: 'document', document: { id: '1', filename: 'x'.repeat(240) } },
    { to: '1', type: 'location', location: { latitude: -90, longitude: '180' } },
    { to: '1', type: 'contacts', contacts: Array.from({ length: 257 }, () => ({ name: { formatted_name: 'A' } })) }
  ]
  for (const body of bodies) t.ok(checkMessage(body).ok)
})

t.test('every emoji is a reaction, of however many code points', async (t) => {
  for (const emoji of ['👍', '👍🏽', '❤️', '🇩🇪', '1️⃣', '👩‍❤️‍💋‍👨', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '©️']) {
    t.ok(checkMessage({ to: '1', type: 'reaction', reaction: { message_id: 'wamid.X', emoji } }).ok, emoji)
  }
})

t.test("a caller's callback data becomes metadata, since Meta's field carries our id", async (t) => {
  const body = { to: '+491700000001', type: 'text', text: { body: 'x' }, biz_opaque_callback_data: 'order 17' }
  const check = checkMessage({ ...body, metadata: { a: 1 } })
  t.ok(check.ok)
  if (!check.ok) return
  t.strictSame(check.value.metadata, { biz_opaque_callback_data: 'order 17', a: 1 })
  t.notOk('biz_opaque_callback_data' in contentOf(check.value))
})
