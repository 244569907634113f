import fc from 'fast-check'
import t from 'tap'
import { describeContent } from '../src/index.ts'

const rows: [string, string, Record<string, unknown>, string, string][] = [
  ['text', 'text', { text: { body: 'Hello 👍' } }, 'Hello 👍', ''],
  ['outbound image', 'image', { image: { link: 'https://e.com/a.png', caption: 'A' } }, 'A', 'https://e.com/a.png'],
  ['outbound document', 'document', { document: { link: 'https://e.com/a.pdf' } }, '', 'https://e.com/a.pdf'],
  ['inbound image', 'image', { image: { id: '123', caption: 'A', url: 'https://meta/x' } }, 'A', '/media/123/'],
  ['inbound sticker', 'sticker', { sticker: { id: '123' } }, '', '/media/123/'],
  ['inbound audio with a number for an id', 'audio', { audio: { id: 123 } }, '', '/media/123/'],
  [
    'inbound video with an id no URL can hold',
    'video',
    { video: { id: 'a/b?\ud800' } },
    '',
    '/media/a%2Fb%3F%EF%BF%BD/'
  ],
  ['template', 'template', { template: { name: 'welcome', language: { code: 'en' } } }, 'welcome', ''],
  ['template button', 'button', { button: { text: 'Yes', payload: 'p' } }, 'Yes', ''],
  ['button reply', 'interactive', { interactive: { type: 'button_reply', button_reply: { title: 'Ok' } } }, 'Ok', ''],
  ['list reply', 'interactive', { interactive: { list_reply: { id: '1', title: 'One' } } }, 'One', ''],
  ['flow reply', 'interactive', { interactive: { nfm_reply: { body: 'Sent', response_json: '{}' } } }, 'Sent', ''],
  ['reaction', 'reaction', { reaction: { message_id: 'm', emoji: '👍' } }, '👍', ''],
  ['reaction taken back', 'reaction', { reaction: { message_id: 'm' } }, '', ''],
  ['location', 'location', { location: { name: 'Café', address: 'Street 1', latitude: 1 } }, 'Café', ''],
  ['location without a name', 'location', { location: { address: 'Street 1' } }, 'Street 1', ''],
  ['contacts', 'contacts', { contacts: [{ name: { formatted_name: 'A' } }, {}] }, 'A', ''],
  ['location of coordinates alone', 'location', { location: { latitude: 52.5, longitude: '13.4' } }, '52.5, 13.4', ''],
  ['location of half its coordinates', 'location', { location: { latitude: 52.5 } }, '', ''],
  ['buttons', 'interactive', { interactive: { type: 'button', body: { text: 'Yes?' }, action: {} } }, 'Yes?', ''],
  ['product', 'interactive', { interactive: { type: 'product', footer: { text: 'New' }, action: {} } }, 'New', ''],
  [
    'request to call',
    'interactive',
    { interactive: { type: 'call_permission_request', action: {} } },
    'call_permission_request',
    ''
  ],
  ['raw of a type that is known', 'raw', { raw: { type: 'text', text: { body: 'Hi' } } }, 'Hi', ''],
  ['raw image', 'raw', { raw: { type: 'image', image: { link: 'https://e.com/a.png' } } }, '', 'https://e.com/a.png'],
  ['raw of a type that is not', 'raw', { raw: { type: 'pin', pin: { type: 'pin' } } }, 'pin', ''],
  ['raw within raw', 'raw', { raw: { type: 'raw', raw: { type: 'text', text: { body: 'Hi' } } } }, 'raw', ''],
  ['an order', 'order', { order: { text: 'soon' } }, 'soon', ''],
  [
    'a changed caption',
    'edit',
    { edit: { message: { type: 'image', image: { caption: 'B', id: '1' } } } },
    'B',
    '/media/1/'
  ],
  ['a change of nothing', 'edit', { edit: { message: null } }, '', ''],
  ['a change of a change', 'edit', { edit: { message: { type: 'edit', edit: {} } } }, '', ''],
  ['a type that is not there', 'order', {}, '', ''],
  ['a type named like a method', 'constructor', {}, '', ''],
  ['a type named like the prototype', '__proto__', {}, '', ''],
  ['strange values', 'text', { text: { body: { deep: 1 } } }, '', ''],
  ['null', 'image', { image: null }, '', '']
]

for (const [name, type, content, body, link] of rows) {
  t.test(name, async (t) => t.same(describeContent(type, content), { body, link }))
}

t.test('describes anything without throwing', async (t) => {
  const types = [
    'text',
    'image',
    'audio',
    'button',
    'interactive',
    'reaction',
    'location',
    'template',
    'raw',
    'toString'
  ]
  fc.assert(
    fc.property(fc.constantFrom(...types), fc.jsonValue(), fc.jsonValue(), (type, part, content) => {
      describeContent(type, { [type]: part })
      const { body, link } = describeContent(type, content as Record<string, unknown>)
      return typeof body === 'string' && typeof link === 'string'
    })
  )
  t.pass()
})
