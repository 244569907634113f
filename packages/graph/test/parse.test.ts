import t from 'tap'
import { parseWebhook } from '../src/index.ts'
import { anna, bytesOf, createValue, delivered, parseValue, source, text } from './bodies.ts'

t.test('a message comes out with its writer, time and whole content', async (t) => {
  t.strictSame(parseValue({ contacts: [anna], messages: [text] }), [
    { kind: 'contact', ...source, waId: '491700000001', profileName: 'Anna', at: '2023-11-14T22:13:20.000Z' },
    {
      kind: 'message',
      ...source,
      wamid: 'wamid.M1',
      type: 'text',
      content: text,
      waId: '491700000001',
      profileName: 'Anna',
      at: '2023-11-14T22:13:20.000Z'
    }
  ])
})

t.test('a status comes out with our id, its recipient and its error', async (t) => {
  const failed = {
    ...delivered,
    status: 'failed',
    biz_opaque_callback_data: 'our-id',
    errors: [{ code: 131049, title: 'T', message: 'M', error_data: { details: 'D' }, href: '/docs' }, { code: 1 }]
  }
  t.strictSame(parseValue({ statuses: [failed] }), [
    {
      kind: 'status',
      ...source,
      wamid: 'wamid.S1',
      status: 'failed',
      content: failed,
      at: '2023-11-14T22:13:21.000Z',
      recipientWaId: '491700000001',
      callbackData: 'our-id',
      error: { code: 131049, title: 'T', message: 'M', details: 'D' }
    }
  ])
})

t.test('every entry, change and item counts', async (t) => {
  const change = (n: number) => ({
    field: 'messages',
    value: createValue({
      messages: [0, 1, 2].map((i) => ({ ...text, id: `m${n}-${i}` })),
      statuses: [0, 1].map((i) => ({ ...delivered, id: `s${n}-${i}` }))
    })
  })
  const items = parseWebhook(
    bytesOf({
      entry: [{ id: 'a', changes: [change(1), change(2)] }, { id: 'b', changes: [] }, { changes: [change(3)] }]
    })
  )
  const wamids = items.map((item) => ('wamid' in item ? item.wamid : ''))
  const expected = [1, 2, 3].flatMap((n) => [`m${n}-0`, `m${n}-1`, `m${n}-2`, `s${n}-0`, `s${n}-1`])
  t.same(wamids, expected)
  t.same(new Set(items.map((item) => item.accountId)), new Set(['a', undefined]))
})

t.test('the body of the first clients, with neither field nor metadata, counts too', async (t) => {
  const message = { id: 'message_id', timestamp: 'timestamp', type: 'text', text: { body: 'message_body' } }
  const status = { id: 'message_id', status: 'status', timestamp: 'timestamp' }
  const contact = { wa_id: 'contact_wa_id', profile: { name: 'contact_name' } }
  const value = { contacts: [contact], messages: [message], statuses: [status] }
  const person = { waId: 'contact_wa_id', profileName: 'contact_name' }
  t.strictSame(parseWebhook(bytesOf({ entry: [{ id: 'event_id', changes: [{ value }] }] })), [
    { kind: 'contact', accountId: 'event_id', ...person },
    { kind: 'message', accountId: 'event_id', wamid: 'message_id', type: 'text', content: message, ...person },
    { kind: 'status', accountId: 'event_id', wamid: 'message_id', status: 'status', content: status }
  ])
})

t.test('what is said later of somebody else makes nobody’s profile newer', async (t) => {
  const ben = { profile: { name: 'Ben' }, wa_id: '491700000002', user_id: 'DE.2' }
  const byUser = { ...text, id: 'wamid.M2', from: undefined, from_user_id: 'DE.2', timestamp: '1700000900' }
  const items = parseValue({ contacts: [anna, ben], messages: [text, byUser] })
  t.match(items.slice(0, 2), [{ at: '2023-11-14T22:13:20.000Z' }, { at: '2023-11-14T22:28:20.000Z' }])
})

t.test('a profile is as new as the newest thing in its change', async (t) => {
  const messages = [text, { ...text, timestamp: '1700000500' }, { ...text, timestamp: 'never' }]
  const [contact] = parseValue({ contacts: [anna], messages, statuses: [delivered] })
  t.match(contact, { kind: 'contact', at: '2023-11-14T22:21:40.000Z' })
})

const misfits: [string, unknown, Record<string, unknown>][] = [
  ['null', null, { reason: 'body is not an object', content: null }],
  ['a list', [1], { reason: 'body is not an object', content: [1] }],
  ['a body without entries', { object: 'page' }, { reason: 'body without entries', content: { object: 'page' } }],
  ['an entry that is null', { entry: [null] }, { reason: 'entry is not an object' }],
  [
    'an entry of another kind',
    { entry: [{ id: 7, messaging: [] }] },
    { reason: 'entry without changes', accountId: '7' }
  ],
  ['a change that is a list', { entry: [{ changes: [[]] }] }, { reason: 'change is not an object' }],
  [
    'a change without a value',
    { entry: [{ changes: [{ field: 'flows', value: null }] }] },
    { reason: 'change without a value', field: 'flows', content: { field: 'flows', value: null } }
  ]
]

for (const [name, body, expected] of misfits) {
  t.test(`${name} is put aside`, async (t) => t.match(parseWebhook(bytesOf(body)), [{ kind: 'misfit', ...expected }]))
}

const others: [string, unknown, Record<string, unknown>][] = [
  [
    'a field that nobody has heard of',
    { entry: [{ id: '1', changes: [{ field: 'holograms', value: { event: 'X' } }] }] },
    { reason: 'unknown field', field: 'holograms', content: { event: 'X' }, accountId: '1' }
  ],
  [
    'a message of another app, on a field that must not be answered,',
    { entry: [{ changes: [{ field: 'standby', value: createValue({ messages: [text] }) }] }] },
    { reason: 'kept, not acted on', field: 'standby', phoneNumberId: '2002', content: text }
  ],
  ['a value that is empty', { entry: [{ changes: [{ value: {} }] }] }, { reason: 'nothing in the value', content: {} }],
  [
    'a value with metadata only',
    { entry: [{ changes: [{ field: 'messages', value: createValue({}) }] }] },
    { reason: 'nothing in the value', phoneNumberId: '2002' }
  ]
]

for (const [name, body, expected] of others) {
  t.test(`${name} is kept as other`, async (t) =>
    t.match(parseWebhook(bytesOf(body)), [{ kind: 'other', ...expected }])
  )
}

const odd: [string, Record<string, unknown>, string, unknown][] = [
  ['a part that is new', { user_actions: [1] }, 'unknown part of a value', { user_actions: [1] }],
  ['an object in place of a list', { messages: text }, 'messages is not a list', text],
  ['a message that is null', { messages: [null] }, 'message is not an object', null],
  ['a message without an id', { messages: [{ type: 'text' }] }, 'message without an id', { type: 'text' }],
  ['a message with an empty id', { messages: [{ id: '' }] }, 'message without an id', { id: '' }],
  ['a message with an object for an id', { messages: [{ id: {} }] }, 'message without an id', { id: {} }],
  ['a message without a writer', { messages: [{ id: 'm' }] }, 'message without a writer', { id: 'm' }],
  ['a status that is a string', { statuses: ['sent'] }, 'status is not an object', 'sent'],
  ['a status without an id', { statuses: [{ status: 'sent' }] }, 'status without an id', { status: 'sent' }],
  ['a status without a word', { statuses: [{ id: 's' }] }, 'status without a word', { id: 's' }],
  ['a contact that is a list', { contacts: [[]] }, 'contact is not an object', []],
  ['a contact without an id', { contacts: [{ wa_id: '' }] }, 'contact without an id', { wa_id: '' }]
]

for (const [name, value, reason, content] of odd) {
  t.test(`${name} is kept whole, beside its neighbours`, async (t) => {
    const items = parseValue({ statuses: [delivered], ...value })
    const kind = 'user_actions' in value ? 'other' : 'misfit'
    t.strictSame(
      items.find((item) => item.kind === kind),
      { kind, ...source, reason, content, field: 'messages' }
    )
    t.equal(
      items.some((item) => item.kind === 'status'),
      !('statuses' in value)
    )
  })
}

t.test('an error of the account is told with its code', async (t) => {
  const error = { code: 130429, title: 'Rate limit hit', error_data: { details: 'Too many' } }
  t.strictSame(parseValue({ errors: [error] }), [
    {
      kind: 'other',
      ...source,
      field: 'messages',
      reason: 'account error',
      content: error,
      error: { code: 130429, title: 'Rate limit hit', message: 'Rate limit hit', details: 'Too many' }
    }
  ])
})

t.test('empty lists and absent parts give nothing', async (t) => {
  t.same(parseValue({ contacts: null, messages: [], statuses: [] }), [])
  t.same(parseWebhook(bytesOf({ entry: [] })), [])
  t.same(parseWebhook(bytesOf({ entry: [{ changes: [] }] })), [])
})

t.test('own keys named like those of the prototype stay keys', async (t) => {
  const body = '{"entry":[{"changes":[{"value":{"__proto__":{"messages":[1]},"constructor":2}}]}]}'
  const items = parseWebhook(Buffer.from(body))
  t.same(
    items.map((item) => item.kind === 'other' && Object.keys(item.content as object)[0]),
    ['__proto__', 'constructor']
  )
})
