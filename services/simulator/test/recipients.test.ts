import t from 'tap'
import { changesOf, itemsOf, startSimulator, text } from './start.ts'

const userId = 'US.13491208655302741918'
const groupId = 'Y2FwaV9ncm91cDoxNzA1NTU1MDEzOToxMjAzNjM0MDQ2OTQyMzM4MjAZD'
const said = { type: 'text', text: text.text }

t.test('who is known by a user id alone has no number in answers and statuses', async (t) => {
  const { send, flush, hooks } = await startSimulator(t)
  const { status, body } = await send({ ...said, recipient: userId, biz_opaque_callback_data: 'ours' })
  t.equal(status, 200)
  t.strictSame(body.contacts, [{ input: userId, user_id: userId }])
  await flush()
  const statuses = itemsOf(hooks, 'statuses')
  t.strictSame(
    statuses.map(({ status }) => status),
    ['sent', 'delivered', 'read']
  )
  for (const status of statuses) {
    const { id } = body.messages[0]
    t.match(status, { id, recipient_user_id: userId, biz_opaque_callback_data: 'ours' })
    t.notOk('recipient_id' in status)
  }
  const [contact] = hooks.flatMap(({ raw }) => changesOf(raw).flatMap(({ value }) => value.contacts))
  t.strictSame(contact, { profile: { name: 'Phone 1918' }, user_id: userId })
})

t.test('where a number is given beside a user id, the number counts', async (t) => {
  const { send } = await startSimulator(t)
  const { body } = await send({ ...text, recipient: userId })
  t.strictSame(body.contacts, [{ input: '+491712345678', wa_id: '491712345678' }])
})

t.test('a group answers with its id, and each of its members has statuses', async (t) => {
  const { send, flush, hooks } = await startSimulator(t)
  const { status, body } = await send({ ...said, recipient_type: 'group', to: groupId })
  t.equal(status, 200)
  t.match(body, { contacts: [{ input: groupId, wa_id: groupId }], messages: [{ id: /^wamid\./, group_id: groupId }] })
  await flush()
  const statuses = itemsOf(hooks, 'statuses')
  t.strictSame(
    statuses.map(({ status }) => status),
    ['sent', 'delivered', 'delivered', 'read', 'read']
  )
  for (const each of statuses) t.match(each, { recipient_id: groupId, recipient_type: 'group' })
  const members = statuses.map(({ recipient_participant_id: member }) => member)
  t.equal(members[0], undefined)
  t.equal(new Set(members.slice(1)).size, 2)
  t.match(statuses[0], { pricing: { type: 'free_group_customer_service', category: 'group_service' } })
})

const refused: [why: string, body: object, code: number][] = [
  ['nobody', said, 100],
  ['a user id that is none', { ...said, recipient: '+491712345678' }, 131009],
  ['a phone as a group', { ...text, recipient_type: 'group' }, 131041],
  ['a group that is not there', { ...said, recipient_type: 'group', to: 'missing_group' }, 131041],
  ['a group by the wrong field', { ...said, recipient_type: 'group', recipient: groupId }, 100],
  [
    'a place in a group',
    { recipient_type: 'group', to: groupId, type: 'location', location: { latitude: 1, longitude: 1 } },
    131051
  ],
  ['a pin outside of groups', { to: text.to, type: 'pin', pin: { type: 'unpin', message_id: 'wamid.x' } }, 100],
  [
    'a code to a user id',
    {
      recipient: userId,
      type: 'template',
      template: {
        name: 'sign_in_code',
        language: { code: 'en_US' },
        components: [{ type: 'body', parameters: [{ type: 'text', text: '1' }] }]
      }
    },
    131062
  ],
  ['another kind of recipient', { ...text, recipient_type: 'channel' }, 100],
  ['a type of the future', { to: text.to, type: 'hologram', hologram: { id: 1 } }, 100]
]

t.test('recipients that Meta would not reach are refused', async (t) => {
  const { send } = await startSimulator(t)
  for (const [why, body, code] of refused) {
    const answer = await send(body)
    t.equal(answer.status, 400, why)
    t.equal(answer.body.error?.code, code, why)
  }
})
