import t from 'tap'
import { parseWebhook } from '../src/index.ts'
import { bytesOf, createValue, text } from './bodies.ts'

const time = 1_750_000_000
const at = '2025-06-15T15:06:40.000Z'

function parseField(field: string, value: unknown) {
  return parseWebhook(bytesOf({ entry: [{ id: '1001', time, changes: [{ field, value }] }] }))
}

const welcome = {
  message_template_id: 1234567890123456,
  message_template_name: 'welcome',
  message_template_language: 'en-US'
}
const display = { display_phone_number: '+1 555-000-0000' }

const reports: [string, Record<string, unknown>, Record<string, unknown>][] = [
  [
    'message_template_status_update',
    { ...welcome, event: 'PAUSED', reason: 'NONE', other_info: { title: 'FIRST_PAUSE' } },
    { subject: 'template', key: 'welcome:en_US', topic: 'status', word: 'PAUSED', reason: undefined }
  ],
  [
    'message_template_status_update',
    { ...welcome, event: 'REJECTED', reason: 'INVALID_FORMAT' },
    { subject: 'template', topic: 'status', word: 'REJECTED', reason: 'INVALID_FORMAT' }
  ],
  [
    'message_template_status_update',
    { ...welcome, previous_quality_score: 'GREEN', new_quality_score: 'YELLOW' },
    { subject: 'template', topic: 'quality', word: 'YELLOW' }
  ],
  [
    'message_template_quality_update',
    { ...welcome, new_quality_score: 'RED' },
    { subject: 'template', topic: 'quality', word: 'RED' }
  ],
  [
    'message_template_components_update',
    { ...welcome, message_template_element: 'Hi' },
    { subject: 'template', topic: 'components', word: 'changed' }
  ],
  [
    'template_category_update',
    { ...welcome, previous_category: 'UTILITY', new_category: 'MARKETING' },
    { subject: 'template', topic: 'category', word: 'MARKETING' }
  ],
  [
    'template_category_update',
    { ...welcome, new_category: 'UTILITY', correct_category: 'MARKETING', category_update_timestamp: time + 1 },
    { subject: 'template', topic: 'correct_category', word: 'MARKETING' }
  ],
  [
    'template_correct_category_detection',
    { ...welcome, correct_category: 'UTILITY' },
    { subject: 'template', topic: 'correct_category', word: 'UTILITY' }
  ],
  [
    'phone_number_quality_update',
    { ...display, event: 'THROUGHPUT_UPGRADE', current_limit: 'TIER_UNLIMITED' },
    { subject: 'number', key: '15550000000', topic: 'throughput', word: 'THROUGHPUT_UPGRADE' }
  ],
  ['phone_number_quality_update', { ...display, event: 'FLAGGED' }, { subject: 'number', topic: 'quality' }],
  ['phone_number_quality_update', { ...display, event: 'UPGRADE' }, { subject: 'number', topic: 'limit' }],
  [
    'phone_number_name_update',
    { ...display, decision: 'REJECTED', rejection_reason: 'NAME_UNRELATED' },
    { subject: 'number', topic: 'name', word: 'REJECTED', reason: 'NAME_UNRELATED' }
  ],
  ['business_username_updates', { ...display, username: 'shop', status: 'approved' }, { topic: 'username' }],
  ['security', { ...display, event: 'PIN_CHANGED' }, { subject: 'number', topic: 'security', word: 'PIN_CHANGED' }],
  [
    'account_settings_update',
    { type: 'phone_number_settings', phone_number_settings: { phone_number_id: '2002', calling: {} } },
    { subject: 'number', key: '2002', topic: 'settings' }
  ],
  [
    'account_update',
    { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'DISABLE' } },
    { subject: 'account', key: '1001', topic: 'state', word: 'DISABLE' }
  ],
  [
    'account_update',
    { event: 'ACCOUNT_RESTRICTION', restriction_info: [{ restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING' }] },
    { topic: 'state', word: 'ACCOUNT_RESTRICTION', reason: 'RESTRICTED_BIZ_INITIATED_MESSAGING' }
  ],
  [
    'account_update',
    { event: 'ACCOUNT_RESTRICTION', restriction_info: [{ restriction_type: 'RESTRICTED_USER_INITIATED_CALLING' }] },
    { topic: 'calling', word: 'ACCOUNT_RESTRICTION' }
  ],
  [
    'account_update',
    { event: 'PARTNER_ADDED', waba_info: { waba_id: '3003', owner_business_id: '4' } },
    { key: '3003', topic: 'partner_added', word: 'PARTNER_ADDED' }
  ],
  ['account_update', { event: 'NEVER_HEARD_OF' }, { key: '1001', topic: 'never_heard_of' }],
  ['account_review_update', { decision: 'APPROVED' }, { subject: 'account', topic: 'review', word: 'APPROVED' }],
  [
    'account_alerts',
    { entity_type: 'BUSINESS', alert_info: { alert_type: 'OBA_APPROVED', alert_status: 'NONE' } },
    { subject: 'account', topic: 'alert OBA_APPROVED' }
  ],
  ['business_capability_update', { max_phone_numbers_per_waba: 25 }, { subject: 'account', topic: 'capability' }],
  ['payment_configuration_update', { configuration_name: 'a', status: 'Needs Testing' }, { topic: 'payment a' }]
]

for (const [field, value, expected] of reports) {
  t.test(`${field} reports on ${JSON.stringify(expected.topic)}`, async (t) => {
    t.match(parseField(field, value), [{ kind: 'report', field, accountId: '1001', at, content: value, ...expected }])
  })
}

t.test('a report that does not say what it is about is put aside', async (t) => {
  for (const [field] of reports) {
    if (field === 'business_capability_update' || field === 'account_settings_update') continue
    t.match(parseField(field, { strange: true }), [{ kind: 'misfit', field, content: { strange: true } }], field)
  }
})

const group = { group_id: 'G', type: 'group_create', timestamp: String(time) }
const lists: [string, Record<string, unknown>, number][] = [
  ['automatic_events', { automatic_events: [{ id: 'a' }, { id: 'b' }] }, 2],
  ['group_lifecycle_update', { groups: [group] }, 1],
  ['group_participants_update', { groups: [group, group] }, 2],
  ['group_settings_update', { groups: [group] }, 1],
  ['group_status_update', { groups: [group] }, 1],
  ['history', { history: [{ metadata: { phase: 0 }, threads: [] }] }, 1],
  ['history', { messages: [text, text] }, 2],
  ['history', { errors: [{ code: 2593109 }] }, 1],
  ['smb_message_echoes', { message_echoes: [text] }, 1],
  ['message_echoes', { message_echoes: [text] }, 1],
  ['smb_app_state_sync', { state_sync: [{ type: 'contact' }, { type: 'contact' }, 7] }, 3],
  ['standby', { messages: [text], statuses: [{}] }, 2],
  ['flows', { event: 'FLOW_STATUS_CHANGE', flow_id: '1' }, 1],
  ['messaging_handovers', { anything: 1 }, 1],
  ['partner_solutions', { event: 'SOLUTION_CREATED' }, 1]
]

for (const [field, value, count] of lists) {
  t.test(`${count} of ${field} (${Object.keys(value)[0]}) are kept`, async (t) => {
    const items = parseField(field, createValue(value))
    t.equal(items.length, count)
    for (const item of items) t.match(item, { kind: 'other', field, phoneNumberId: '2002' })
  })
}

t.test('an empty list gives the value as a whole: something was sent', async (t) => {
  t.match(parseField('group_status_update', { groups: [] }), [{ kind: 'other', content: { groups: [] } }])
})

t.test('a wish to get no marketing comes with its person and time', async (t) => {
  const stop = { wa_id: '491700000001', category: 'marketing_messages', value: 'stop', timestamp: time }
  t.match(
    parseField('user_preferences', createValue({ contacts: [{ wa_id: '491700000001' }], user_preferences: [stop] })),
    [
      { kind: 'preference', waId: '491700000001', category: 'marketing_messages', value: 'stop', at },
      { kind: 'contact', waId: '491700000001' }
    ]
  )
  t.match(parseField('user_preferences', { user_preferences: [{ value: 'stop' }] }), [{ kind: 'misfit' }])
})

t.test('a call that the customer makes is inbound, one of ours is not', async (t) => {
  const call = { id: 'c', from: '491700000001', to: '15550000000', event: 'connect', timestamp: String(time) }
  const ours = { ...call, from: '15550000000', to: '491700000001', direction: 'BUSINESS_INITIATED' }
  t.match(parseField('calls', createValue({ calls: [call, { ...call, event: 'terminate' }, ours] })), [
    { kind: 'call', waId: '491700000001', isInbound: true, at },
    { kind: 'call', waId: '491700000001', isInbound: false },
    { kind: 'call', waId: '491700000001', isInbound: false }
  ])
})

t.test('a changed user id comes with the former one', async (t) => {
  const change = { wa_id: '491700000001', user_id: { previous: 'DE.1', current: 'DE.2' } }
  const expected = { kind: 'identity', waId: '491700000001', userId: 'DE.2', former: { userId: 'DE.1' } }
  t.match(parseField('user_id_update', change), [expected])
  t.match(parseField('user_id_update', { user_id_update: [change] }), [expected])
})

t.test('a reaction, an edit and a revocation name the message they are about', async (t) => {
  const about = (type: string, part: unknown) =>
    parseField('messages', createValue({ messages: [{ ...text, type, [type]: part }] }))
  t.match(about('reaction', { message_id: 'wamid.T', emoji: '👍' }), [{ type: 'reaction', targetWamid: 'wamid.T' }])
  t.match(about('reaction', { message_id: 'wamid.T' }), [{ type: 'reaction', targetWamid: 'wamid.T' }])
  t.match(about('edit', { original_message_id: 'wamid.T', message: {} }), [{ targetWamid: 'wamid.T' }])
  t.match(about('revoke', { original_message_id: 'wamid.T' }), [{ targetWamid: 'wamid.T' }])
  t.match(about('text', { message_id: 'wamid.T' }), [{ targetWamid: undefined }])
})
