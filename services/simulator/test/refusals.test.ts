import t from 'tap'
import { phoneNumberId, startSimulator, text } from './start.ts'

const to = text.to
const reply = (id: string, title: string) => ({ type: 'reply', reply: { id, title } })
const buttons = (...list: object[]) => ({
  to,
  type: 'interactive',
  interactive: { type: 'button', body: { text: 'Choose' }, action: { buttons: list } }
})
const rows = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `r${n}`, title: `Row ${n}` }))
const list = (count: number) => ({
  to,
  type: 'interactive',
  interactive: { type: 'list', body: { text: 'Choose' }, action: { button: 'Open', sections: [{ rows: rows(count) }] } }
})
const template = (name: string, code: string, parameters: object[] = []) => ({
  to,
  type: 'template',
  template: { name, language: { code }, components: [{ type: 'body', parameters }] }
})
const link = 'https://example.com/a.jpg'

const refused: [why: string, body: object, code: number, status?: number][] = [
  ['no recipient', { text: { body: 'x' } }, 100],
  ['another product', { ...text, messaging_product: 'telegram' }, 100],
  ['not a number', { ...text, to: 'Jane' }, 131009],
  ['too short a number', { ...text, to: '+123' }, 131009],
  ['unknown type', { to, type: 'telegram' }, 100],
  ['no object for the type', { to, type: 'text' }, 100],
  ['empty text', { to, text: { body: '' } }, 100],
  ['text that is none', { to, text: { body: 5 } }, 100],
  ['4,097 characters', { to, text: { body: 'x'.repeat(4097) } }, 100],
  ['callback data of 513', { ...text, biz_opaque_callback_data: 'x'.repeat(513) }, 100],
  ['neither id nor link', { to, type: 'image', image: { caption: 'x' } }, 131008],
  ['a link that is none', { to, type: 'image', image: { link: 'ftp://example.com' } }, 100],
  ['a caption of 1,025', { to, type: 'image', image: { link, caption: 'x'.repeat(1025) } }, 100],
  ['a caption on audio', { to, type: 'audio', audio: { link, caption: 'x' } }, 100],
  ['an unknown media id', { to, type: 'image', image: { id: '1' } }, 131009],
  ['no language', { to, type: 'template', template: { name: 'hello_world' } }, 100],
  ['a missing template', template('missing_one', 'en_US'), 132001, 404],
  ['a template name in capitals', template('Hello', 'en_US'), 132001, 404],
  ['a language it has not', template('hello_world', 'fr'), 132001, 404],
  ['too few parameters', template('order_update', 'de', [{ type: 'text', text: '1' }]), 132000],
  ['no buttons', buttons(), 131009],
  ['four buttons', buttons(reply('1', 'a'), reply('2', 'b'), reply('3', 'c'), reply('4', 'd')), 131009],
  ['a title of 21', buttons(reply('1', 'x'.repeat(21))), 131009],
  ['two equal titles', buttons(reply('1', 'a'), reply('2', 'a')), 131009],
  ['eleven rows', list(11), 131009],
  ['unknown interactive', { to, type: 'interactive', interactive: { type: 'other' } }, 100],
  ['a reaction to nothing', { to, type: 'reaction', reaction: { emoji: '👍' } }, 100],
  ['no coordinates', { to, type: 'location', location: { latitude: 'north', longitude: 1 } }, 131009],
  ['a contact without a name', { to, type: 'contacts', contacts: [{ name: {} }] }, 100],
  ['a group', { ...text, recipient_type: 'group' }, 131041]
]

t.test('what Meta refuses is refused, in the envelope of Graph errors', async (t) => {
  const { send, control } = await startSimulator(t)
  for (const [why, request, code, expected = 400] of refused) {
    const { status, body } = await send(request)
    t.equal(status, expected, `${why}: HTTP status`)
    t.match(body.error, { type: 'OAuthException', code, message: `(#${code}) `, fbtrace_id: /^A[\w-]{22}$/ }, why)
    if (code !== 100) t.match(body.error.error_data, { messaging_product: 'whatsapp', details: /\w/ }, why)
  }
  t.match((await control('GET', 'stats')).body, { accepted: 0, refused: { '132001': 3, '132000': 1 } })
})

const taken: [what: string, body: object][] = [
  ['no type', { to, text: { body: 'x' } }],
  ['4,096 emoji', { to, text: { body: '😀'.repeat(4096) } }],
  ['an image by link', { to, type: 'image', image: { link, caption: 'x'.repeat(1024) } }],
  ['a document', { to, type: 'document', document: { link, filename: 'a.pdf' } }],
  ['a reaction taken back', { to, type: 'reaction', reaction: { message_id: 'wamid.x', emoji: '' } }],
  ['a location in strings', { to, type: 'location', location: { latitude: '52.5', longitude: '13.4' } }],
  ['contacts', { to, type: 'contacts', contacts: [{ name: { formatted_name: 'Jane' } }] }],
  ['buttons', buttons(reply('1', 'Yes'), reply('2', 'No'))],
  ['a list of ten', list(10)],
  ['any template', template('of_any_name', 'pt_BR', [{ type: 'text', text: '1' }])],
  [
    'a defined template',
    template('order_update', 'de', [
      { type: 'text', text: '1' },
      { type: 'text', text: '2' }
    ])
  ],
  ['an answer to a message', { ...text, context: { message_id: 'wamid.x' } }]
]

t.test('what Meta takes is taken', async (t) => {
  const { send } = await startSimulator(t)
  for (const [what, request] of taken) t.equal((await send(request)).status, 200, what)
})

t.test('a token that is wrong or missing is refused with 190', async (t) => {
  const { call } = await startSimulator(t)
  const headers: Record<string, string>[] = [{}, { authorization: 'Bearer other' }, { authorization: 'Basic YTpi' }]
  for (const header of headers) {
    const { status, body } = await call('POST', `/v24.0/${phoneNumberId}/messages`, text, header)
    t.equal(status, 401)
    t.match(body, { error: { type: 'OAuthException', code: 190, fbtrace_id: String } })
  }
})

t.test('paths that Graph does not know get its errors', async (t) => {
  const { call, authorization } = await startSimulator(t)
  const unknown = await call('POST', '/v24.0/999/messages', text, { authorization })
  t.equal(unknown.status, 400)
  t.match(unknown.body.error, { type: 'GraphMethodException', code: 100, error_subcode: 33, message: /'999'/ })
  for (const path of [`/${phoneNumberId}/messages`, `/vX/${phoneNumberId}/messages`, '/v24.0/1/2/3']) {
    const { status, body } = await call('POST', path, text, { authorization })
    t.equal(status, 400, path)
    t.match(body.error, { type: 'OAuthException', code: 2500, message: /^Unknown path components/ })
  }
  const control = await call('GET', '/control/nonsense')
  t.equal(control.status, 404)
})

t.test('a body that is no JSON is an error of Graph, too', async (t) => {
  const { url, authorization } = await startSimulator(t)
  const headers = { authorization, 'content-type': 'application/json' }
  const response = await fetch(`${url}/v24.0/${phoneNumberId}/messages`, { method: 'POST', headers, body: '{' })
  t.equal(response.status, 400)
  t.match(await response.json(), { error: { code: 100, type: 'OAuthException' } })
})
