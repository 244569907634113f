import t from 'tap'
import { parseWebhook } from '../src/index.ts'
import { bodyOf, createValue, delivered, parseValue, text } from './bodies.ts'

const bytes: [string, Buffer, string][] = [
  ['no bytes', Buffer.alloc(0), 'body is not JSON'],
  ['half a body', Buffer.from('{"entry":[{"id":"1"'), 'body is not JSON'],
  ['a form', Buffer.from('hub.mode=subscribe'), 'body is not JSON'],
  ['a gzip header', Buffer.from([0x1f, 0x8b, 0x08, 0x00]), 'body is not JSON'],
  ['UTF-16', Buffer.from('{"entry":[]}', 'utf16le'), 'body is not JSON'],
  ['a million brackets, closed', Buffer.from('['.repeat(1e6) + ']'.repeat(1e6)), 'body is not an object'],
  ['a million brackets, open', Buffer.from('['.repeat(1e6)), 'body is not JSON'],
  ['a number of 200,000 digits', Buffer.from('9'.repeat(200_000)), 'body is not an object']
]

for (const [name, body, reason] of bytes) {
  t.test(`${name} is one thing that is kept`, async (t) => {
    t.match(parseWebhook(body), [{ kind: 'misfit', reason }])
    t.equal(parseWebhook(body).length, 1)
  })
}

t.test('a byte order mark changes nothing', async (t) => {
  const body = bodyOf(createValue({ statuses: [delivered] }))
  t.same(parseWebhook(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body])), parseWebhook(body))
})

t.test('a view into a larger buffer is read alone', async (t) => {
  const body = bodyOf(createValue({ statuses: [delivered] }))
  const large = Buffer.concat([Buffer.from('xx'), body, Buffer.from('xx')])
  t.same(parseWebhook(new Uint8Array(large.buffer, large.byteOffset + 2, body.length)), parseWebhook(body))
})

t.test('bytes that are no UTF-8 cost a character, not the message', async (t) => {
  const [before, after] = bodyOf(createValue({ messages: [{ ...text, text: { body: '#' } }] }))
    .toString()
    .split('#')
  const items = parseWebhook(Buffer.concat([Buffer.from(`${before}`), Buffer.from([0xff]), Buffer.from(`${after}`)]))
  t.match(items, [{ kind: 'message', content: { text: { body: '\uFFFD' } } }])
})

t.test('what no column can hold stays in the content and is tidied where it is lifted', async (t) => {
  const message = { ...text, id: 'a\0b', type: 't\ud800', text: { body: 'x\0y\ud800' } }
  const contact = { wa_id: '491700000001', profile: { name: 'A\0\udfff' } }
  t.match(parseValue({ contacts: [contact], messages: [message] }), [
    { kind: 'contact', profileName: 'A\uFFFD\uFFFD' },
    { kind: 'message', wamid: 'a\uFFFDb', type: 't\uFFFD', content: { text: { body: 'x\0y\ud800' } } }
  ])
  const error = { code: 1e15, message: 'M', error_data: 'D' }
  const [item] = parseValue({ statuses: [{ ...delivered, errors: [error] }] })
  t.same(item?.kind === 'status' && item.error, { message: 'M', details: 'D' }, 'a code beyond integer is no code')
})

const poisons: [string, string, string][] = [
  ['a NUL', '"a\\u0000b"', 'NUL'],
  ['half a surrogate pair', '"\\ud800"', 'surrogate'],
  ['the other half', '"\\uDC00x"', 'surrogate'],
  ['a number of 200,000 digits', '9'.repeat(200_000), '200000 digits'],
  ['a key with a NUL', '{"a\\u0000":1}', 'NUL']
]

for (const [name, json, reason] of poisons) {
  for (const place of ['id', 'status', 'timestamp', 'recipient_id', 'new_part']) {
    t.test(`a status with ${name} in its ${place} is put aside whole, and its neighbours count`, async (t) => {
      const body = bodyOf(createValue({ statuses: [delivered, { ...delivered, [place]: '#' }, delivered] }))
      const items = parseWebhook(Buffer.from(body.toString().replace('"#"', json)))
      t.match(items, [{ kind: 'status' }, { kind: 'misfit' }, { kind: 'status' }])
      t.match(items[1]?.kind === 'misfit' && items[1].reason, new RegExp(reason))
    })
  }
}

t.test('whole surrogate pairs and long texts are no poison', async (t) => {
  const body = bodyOf(createValue({ statuses: [{ ...delivered, x: '#', y: 'z'.repeat(5_000) }] }))
  const items = parseWebhook(Buffer.from(body.toString().replace('#', '\\ud83d\\ude00')))
  t.match(items, [{ kind: 'status', content: { x: '😀' } }])
})

t.test('a status with bytes that are no UTF-8 is put aside', async (t) => {
  const [before, after] = bodyOf(createValue({ statuses: [{ ...delivered, id: '#' }, delivered] }))
    .toString()
    .split('#')
  const body = Buffer.concat([Buffer.from(`${before}`), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from(`${after}`)])
  t.match(parseWebhook(body), [{ kind: 'misfit', reason: /UTF-8/ }, { kind: 'status' }])
})

t.test('lifted texts are capped, and two long ids never become one', async (t) => {
  const long = 'i'.repeat(5000)
  const messages = [`${long}1`, `${long}2`].map((id) => ({ ...text, id, type: long }))
  const contacts = [{ wa_id: '1', profile: { name: `${'n'.repeat(1023)}👍` } }]
  const [contact, one, two] = parseValue({ contacts, messages })
  if (contact?.kind !== 'contact' || one?.kind !== 'message' || two?.kind !== 'message') return t.fail('items')
  t.equal(contact.profileName, `${'n'.repeat(1023)}\uFFFD`, 'no half of a pair is left')
  t.equal(one.wamid.length, 512)
  t.not(one.wamid, two.wamid)
  t.equal(one.wamid.slice(0, 447), two.wamid.slice(0, 447))
  t.equal(one.type.length, 64)
})

t.test('ids as numbers keep all their digits', async (t) => {
  const body = `{"entry":[{"id":12345678901234567890,"changes":[{"value":{
    "metadata":{"phone_number_id":10654035224292212345},
    "messages":[{"id":99999999999999999,"from":491700000001,"type":"x","x":{"small":1,"float":1.5,"large":1e400}}],
    "statuses":[{"id":98765432109876543,"status":"sent","biz_opaque_callback_data":11111111111111111}]}}]}]}`
  const source = { accountId: '12345678901234567890', phoneNumberId: '10654035224292212345' }
  t.match(parseWebhook(Buffer.from(body)), [
    {
      ...source,
      kind: 'message',
      wamid: '99999999999999999',
      waId: '491700000001',
      content: { id: '99999999999999999', x: { small: 1, float: 1.5, large: '1e400' } }
    },
    { ...source, kind: 'status', wamid: '98765432109876543', callbackData: '11111111111111111' }
  ])
})

t.test('a message nested too deep is cut, and its neighbours are not', async (t) => {
  const deep = `${'{"a":['.repeat(20_000)}12345678901234567890${']}'.repeat(20_000)}`
  const body = bodyOf(createValue({ messages: [{ ...text, order: '#' }, text], statuses: [delivered] }))
  const items = parseWebhook(Buffer.from(body.toString().replace('"#"', deep)))
  t.match(items, [{ kind: 'message', wamid: 'wamid.M1' }, { kind: 'message', content: text }, { kind: 'status' }])
  t.ok(JSON.stringify(items).includes('(nested too deep)'))
  const shallow = parseValue({ messages: [{ ...text, order: JSON.parse('[['.repeat(20) + ']]'.repeat(20)) }] })
  t.notMatch(JSON.stringify(shallow), 'nested too deep')
})

const times: [string, unknown, string | undefined][] = [
  ['a string', '1700000000', '2023-11-14T22:13:20.000Z'],
  ['a number', 1700000000, '2023-11-14T22:13:20.000Z'],
  ['a fraction', 1700000000.9, '2023-11-14T22:13:20.000Z'],
  ['the last second of ten digits', '9999999999', '2286-11-20T17:46:39.000Z'],
  ['milliseconds', '1700000000000', undefined],
  ['zero', 0, undefined],
  ['before 1970', -1, undefined],
  ['a word', 'timestamp', undefined],
  ['empty', '', undefined],
  ['a date', '2023-11-14', undefined],
  ['hexadecimal', '0x10', undefined],
  ['too large for a date', 1e300, undefined],
  ['a list', [1700000000], undefined],
  ['null', null, undefined]
]

for (const [name, timestamp, at] of times) {
  t.test(`the time of ${name} is ${at ?? 'none'}`, async (t) => {
    const [item] = parseValue({ statuses: [{ ...delivered, timestamp }] })
    t.equal(item?.kind === 'status' && item.at, at)
  })
}
