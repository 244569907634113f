import t from 'tap'
import { parseWebhook } from '../src/index.ts'
import { anna, bodyOf, createValue, delivered, parseValue, text } from './bodies.ts'

const userId = 'US.13491208655302741918'
const { from: _from, ...anonymous } = text

function writerOf(contacts: unknown[], message: unknown): unknown {
  const item = parseValue({ contacts, messages: [message] }).find(({ kind }) => kind === 'message')
  if (item?.kind !== 'message') return undefined
  return [item.waId, item.userId, item.profileName]
}

const ben = { profile: { name: 'Ben' }, wa_id: '491700000002', user_id: userId }

const rows: [string, unknown[], unknown, unknown[]][] = [
  ['without contacts, by what the message says', [], text, ['491700000001', undefined, undefined]],
  ['by phone number among several', [ben, anna], text, ['491700000001', undefined, 'Anna']],
  ['by user id among several', [anna, ben], { ...anonymous, from_user_id: userId }, ['491700000002', userId, 'Ben']],
  ['by a user id in the place of the number', [anna, ben], { ...text, from: userId }, ['491700000002', userId, 'Ben']],
  [
    'by the user id of the first draft',
    [],
    { ...text, from: `user.${'a'.repeat(64)}` },
    [undefined, `user.${'a'.repeat(64)}`, undefined]
  ],
  ['by the only contact, when the message names nobody', [anna], anonymous, ['491700000001', undefined, 'Anna']],
  ['by nobody, when two contacts could be it', [anna, ben], anonymous, [undefined, undefined, undefined]],
  ['not by the only contact, when that is another', [ben], text, ['491700000001', undefined, undefined]],
  ['with an empty name as none', [{ ...anna, profile: { name: '' } }], text, ['491700000001', undefined, undefined]],
  ['with no profile', [{ wa_id: anna.wa_id }], text, ['491700000001', undefined, undefined]],
  ['with a plus before the number', [anna], { ...text, from: '+491700000001' }, ['491700000001', undefined, 'Anna']],
  ['with a number as JSON number', [anna], { ...text, from: 491700000001 }, ['491700000001', undefined, 'Anna']]
]

for (const [name, contacts, message, expected] of rows) {
  t.test(`a writer is known ${name}`, async (t) => t.same(writerOf(contacts, message), expected))
}

t.test('a contact with a user id alone counts', async (t) => {
  const [item] = parseValue({ contacts: [{ profile: { name: 'Ben' }, wa_id: '', user_id: userId }] })
  t.match(item, { kind: 'contact', userId, profileName: 'Ben', waId: undefined })
})

const recipients: [string, Record<string, unknown>, unknown[]][] = [
  ['a number', {}, ['491700000001', undefined]],
  ['nobody, where Meta hides the number', { recipient_id: '' }, [undefined, undefined]],
  ['nobody, where a user id stands for the number', { recipient_id: userId }, [undefined, undefined]],
  [
    'a member of a group',
    { recipient_id: 'GROUP', recipient_type: 'group', recipient_participant_id: '491700000003' },
    [undefined, '491700000003']
  ],
  [
    'a member, in the other spelling',
    { recipient_id: 'GROUP', recipient_type: 'group', participant_recipient_id: '491700000003' },
    [undefined, '491700000003']
  ]
]

for (const [name, more, expected] of recipients) {
  t.test(`a status is about ${name}`, async (t) => {
    const [item] = parseWebhook(bodyOf(createValue({ statuses: [{ ...delivered, ...more }] })))
    t.same(item?.kind === 'status' && [item.recipientWaId, item.participant], expected)
  })
}
