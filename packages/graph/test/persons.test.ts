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
  ['not by the only contact, when that is another', [ben], text, ['491700000001', undefined, undefined]],
  ['with an empty name as none', [{ ...anna, profile: { name: '' } }], text, ['491700000001', undefined, undefined]],
  ['with no profile', [{ wa_id: anna.wa_id }], text, ['491700000001', undefined, undefined]],
  ['with a plus before the number', [anna], { ...text, from: '+491700000001' }, ['491700000001', undefined, 'Anna']],
  ['with a number as JSON number', [anna], { ...text, from: 491700000001 }, ['491700000001', undefined, 'Anna']]
]

for (const [name, contacts, message, expected] of rows) {
  t.test(`a writer is known ${name}`, async (t) => t.same(writerOf(contacts, message), expected))
}

t.test('a message that two could have written is put aside', async (t) => {
  t.match(parseValue({ contacts: [anna, ben], messages: [anonymous] }).at(-1), { kind: 'misfit', content: anonymous })
})

t.test('a contact comes with its user ids and its username', async (t) => {
  const contact = { profile: { name: 'Ben', username: '@ben' }, user_id: userId, parent_user_id: 'US.ENT.1' }
  t.match(parseValue({ contacts: [contact] }), [{ userId, parentUserId: 'US.ENT.1', username: '@ben' }])
})

const changes: [string, Record<string, unknown>, Record<string, unknown>, Record<string, unknown>][] = [
  [
    'a new number',
    { from: '491700000001' },
    { type: 'user_changed_number', wa_id: '491700000009' },
    { waId: '491700000009', former: { waId: '491700000001' } }
  ],
  [
    'a new number, as older versions write it',
    { from: '491700000001' },
    { type: 'customer_changed_number', new_wa_id: '491700000009', customer: '491700000001' },
    { waId: '491700000009', former: { waId: '491700000001' } }
  ],
  [
    'a new number and the user id that comes with it',
    { from: '491700000001', from_user_id: 'DE.1' },
    { type: 'user_changed_number', wa_id: '491700000009', user_id: 'DE.2', previous_user_id: 'DE.1' },
    { waId: '491700000009', userId: 'DE.2', former: { waId: '491700000001', userId: 'DE.1' } }
  ],
  [
    'a new user id of somebody without a number',
    { from_user_id: 'DE.2' },
    { type: 'user_changed_user_id', user_id: 'DE.2', parent_user_id: 'DE.ENT.2', previous_user_id: 'DE.1' },
    { waId: undefined, userId: 'DE.2', parentUserId: 'DE.ENT.2', former: { userId: 'DE.1' } }
  ],
  [
    'another phone under the same number',
    { from: '491700000001' },
    { type: 'customer_identity_changed', customer: '491700000001' },
    { waId: '491700000001', former: undefined }
  ]
]

for (const [name, from, system, expected] of changes) {
  t.test(`a system message tells of ${name}`, async (t) => {
    const message = { id: 'wamid.S', timestamp: '1700000000', type: 'system', system, ...from }
    t.match(parseValue({ messages: [message] }), [{ kind: 'message', type: 'system', ...expected }])
  })
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
    'a member of a group who has no number',
    { recipient_id: 'GROUP', recipient_type: 'group', recipient_participant_user_id: userId },
    [undefined, userId]
  ],
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
