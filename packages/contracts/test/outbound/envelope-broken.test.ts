import t from 'tap'
import { checkMessage } from '../../src/index.ts'
import { absent, type Broken, long } from './broken.ts'
import { outboundMessages } from './messages.ts'
import { testBroken } from './test-broken.ts'

const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)])

const broken: Broken[] = [
  ['text', '/to', absent, 'is required, or recipient in its place'],
  ['text', '/to', '', 'must not be empty'],
  ['text', '/to', 491700000001, 'must be a text'],
  ['text', '/to', long(65), 'must not be longer than 64 characters'],
  ['text', '/recipient', 'US.1', 'must not be given together with to'],
  ['to a user id', '/recipient', long(257), 'must not be longer than 256 characters'],
  ['to a group', '/to', absent, 'must be the id of the group'],
  ['to a group', '/to', long(257), 'must not be longer than 256 characters'],
  ['text', '/recipient_type', 'channel', 'must be one of individual, group'],
  ['button', '/recipient_type', 'group', 'must not be interactive', '/type'],
  ['text', '/messaging_product', 'messenger', 'must be "whatsapp"'],
  ['text', '/type', 'sms', 'must be one of text, image'],
  ['text', '/type', 'TEXT', 'must be one of text, image'],
  ['text', '/type', 'constructor', 'must be one of text, image'],
  ['text', '/type', null, 'must be one of text, image'],
  ['text without its type', '/image', { id: '1' }, 'must be one of text, image', '/type'],
  ['text', '/image', { id: '1' }, 'is not a field here'],
  ['text', '/from', 106540352242922, 'must be a text'],
  ['text', '/context', 'wamid.X', 'must be an object'],
  ['text', '/context', {}, 'is required', '/context/message_id'],
  ['text', '/context', { message_id: 'wamid.X', id: 'x' }, 'is not a field here', '/context/id'],
  ['text', '/priority', 'high', 'must be one of otp, normal, bulk'],
  ['text', '/on_unknown', 'drop', 'must be one of hold, resend'],
  ['text', '/category', 'promo', 'must be one of utility'],
  [
    'with every field of Meta',
    '/text/body',
    long(1025),
    'must not be longer than 1024 characters where category is utility'
  ],
  ['text', '/ttl_seconds', 0, 'must not be less than 1'],
  ['text', '/preview_url', 'yes', 'must be true or false'],
  ['text with a preview', '/preview_url', false, 'must not differ from preview_url in text'],
  ['image by id', '/preview_url', true, 'is not a field here'],
  ['text', '/media', 'upload', 'is not a field here'],
  ['image by id', '/media', 'upload', 'must be left out where image has no link'],
  ['image by link', '/media', 'link', 'must be "upload"'],
  ['text', '/metadata', 'order 17', 'must be an object'],
  ['text', '/metadata', [], 'must be an object'],
  ['text', '/metadata', { note: 'ä'.repeat(1024) }, 'must not be larger than 2048 bytes'],
  [
    'text',
    '/metadata',
    { note: deep(40) },
    'must not be nested deeper than 32 levels',
    `/metadata/note${'/0'.repeat(30)}`
  ],
  ['text', '/metadata', { ['k'.repeat(257)]: 1 }, 'name is longer than 256 characters'],
  ['text', '/metadata', { '\ud800': 1 }, 'broken character in its name'],
  ['text', '/metadata', { 'a/b~c': '\u0000' }, 'U+0000', '/metadata/a~1b~0c'],
  ['text', '/metadata', { huge: Number.POSITIVE_INFINITY }, 'must be a number', '/metadata/huge'],
  ['text', '/biz_opaque_callback_data', 'x'.repeat(513), '512'],
  ['text', '/status', 'read', 'POST /v1/messages/{id}/read'],
  ['text', '/reply_to', 'x', 'is not a field here; known are type, text'],
  ['text', '/send_at', 'tomorrow', 'must be a time as of ISO 8601'],
  ['text', '/send_at', '2027-01-01T10:00:00', 'with its zone'],
  ['text', '/send_at', 1_800_000_000, 'must be a text'],
  ['text', '/send_at', '2027-02-30T10:00:00Z', 'must be a time that exists'],
  ['text', '/send_at', '2027-01-01T25:00:00Z', 'must be a time that exists'],
  ['text', '/send_at', '2028-01-05T00:00:00Z', 'must not be more than a year ahead'],
  ['text', '/expires_at', '2026-12-31T00:00:00Z', 'must lie in the future'],
  ['text', '/expires_at', '2029-01-01T00:00:00Z', 'must not be more than a year ahead']
]

const now = Date.parse('2027-01-01T00:00:00Z')

testBroken(broken, now)

t.test('a message must not end before it begins', async (t) => {
  const times = { send_at: '2027-01-02T00:00:00+01:00', expires_at: '2027-01-01T23:00:00Z' }
  t.strictSame(checkMessage({ ...outboundMessages.text, ...times }, now), {
    ok: false,
    problems: [{ pointer: '/expires_at', detail: 'must be later than send_at' }]
  })
  t.ok(checkMessage({ ...outboundMessages.text, ...times, expires_at: '2027-01-01T23:00:01Z' }, now).ok)
})

t.test('a field of Meta stands in raw or beside it', async (t) => {
  const raw = { type: 'pin', context: { message_id: 'wamid.X' } }
  t.ok(checkMessage({ to: '1', type: 'raw', raw }).ok)
  t.strictSame(checkMessage({ to: '1', type: 'raw', raw, context: { message_id: 'wamid.Y' } }), {
    ok: false,
    problems: [{ pointer: '/raw/context', detail: 'must not stand beside raw and in it' }]
  })
})

t.test('an object of another type than the message says is not taken for it', async (t) => {
  const check = checkMessage({ ...outboundMessages.text, type: 'image' })
  t.strictSame(check.ok ? [] : check.problems.map(({ pointer }) => pointer), ['/image', '/text'])
})

t.test('a time that has passed already is a message for now', async (t) => {
  t.ok(checkMessage({ ...outboundMessages.text, send_at: '2026-12-31T00:00:00Z' }, now).ok)
})

t.test('what is no object is no message', async (t) => {
  for (const body of [undefined, null, 'text', 17, true, [], [outboundMessages.text]]) {
    t.strictSame(checkMessage(body), { ok: false, problems: [{ pointer: '', detail: 'must be an object' }] })
  }
})

t.test('all that is wrong is told at once, and no more than 20 of it', async (t) => {
  const check = checkMessage({ type: 'text', text: { body: '' }, priority: 'high', from: 1 })
  t.strictSame(check.ok ? [] : check.problems.map(({ pointer }) => pointer), ['/text/body', '/from', '/priority'])
  const many = checkMessage({ to: '1', type: 'contacts', contacts: Array.from({ length: 200 }, () => ({ a: 1 })) })
  t.equal(many.ok ? 0 : many.problems.length, 20)
})
