import { createId } from '@wag/contracts'
import t from 'tap'
import { body, bodyOf, message, phoneNumberId } from './bodies.ts'
import { type Bench, openBench, openIngest, post, read, settle, tenantId } from './open.ts'

const accountId = '102290129340398'
const display = { display_phone_number: '15550000000' }

async function tell(bench: Bench, field: string, value: Record<string, unknown>, time = 1_750_000_000): Promise<void> {
  await post(bench, [body({ id: accountId, time, changes: [{ field, value }] })])
  await settle(bench)
}

async function pausesOf({ db }: Bench): Promise<string[]> {
  const rows = await db.selectFrom('pauses').selectAll().orderBy('scope').orderBy('key').execute()
  return rows
    .filter(({ resumes_at }) => resumes_at === null || +resumes_at > Date.now())
    .map((row) => `${row.scope} ${row.key}`)
}

function rateOf({ db }: Bench) {
  return db.selectFrom('phone_numbers').select('rate').where('id', '=', phoneNumberId).executeTakeFirst()
}

const template = (event: string, language = 'en-US') => ({
  event,
  message_template_id: 1,
  message_template_name: 'offer',
  message_template_language: language
})

t.test('a paused template stops its sends until it is approved again, whichever webhook comes last', async (t) => {
  const bench = await openBench(t)
  await openIngest(t, bench)
  const field = 'message_template_status_update'
  await tell(bench, field, template('PAUSED'), 1_750_000_200)
  t.strictSame(await pausesOf(bench), ['template offer'])
  await tell(bench, field, template('APPROVED'), 1_750_000_100)
  t.strictSame(await pausesOf(bench), ['template offer'], 'that was before')
  await tell(bench, field, template('PAUSED', 'de'), 1_750_000_250)
  await tell(bench, field, template('APPROVED'), 1_750_000_300)
  t.strictSame(await pausesOf(bench), ['template offer'], 'another language of it is still paused')
  await tell(bench, field, template('APPROVED', 'de'), 1_750_000_350)
  t.strictSame(await pausesOf(bench), [])
  await tell(bench, 'template_category_update', { ...template(''), new_category: 'MARKETING' })
  const { events } = await read(bench)
  t.match(
    events.filter(({ type }) => type === 'template.updated').map(({ data }) => data),
    [
      { accountId, template: 'offer', language: 'en_US', topic: 'status', value: 'PAUSED' },
      { language: 'de', value: 'PAUSED' },
      { language: 'en_US', value: 'APPROVED' },
      { language: 'de', value: 'APPROVED' },
      { topic: 'category', value: 'MARKETING' }
    ]
  )
})

t.test('a template that was paused and then refused is paused no longer, in either order', async (t) => {
  const field = 'message_template_status_update'
  const paused = () => [template('PAUSED'), 1_750_000_100] as const
  const rejected = () => [template('REJECTED'), 1_750_000_200] as const
  for (const order of [
    [paused(), rejected()],
    [rejected(), paused()]
  ]) {
    const bench = await openBench(t)
    await openIngest(t, bench)
    for (const [value, time] of order) await tell(bench, field, value, time)
    t.strictSame(await pausesOf(bench), [])
  }
})

t.test('a disabled account stops its numbers until it is reinstated; a restriction, until it ends', async (t) => {
  const bench = await openBench(t)
  await openIngest(t, bench)
  const disabled = (waba_ban_state: string) => ({ event: 'DISABLED_UPDATE', ban_info: { waba_ban_state } })
  await tell(bench, 'account_update', disabled('DISABLE'), 1_750_000_100)
  t.strictSame(await pausesOf(bench), [`waba ${accountId}`], 'the only number can be of no other account')
  await tell(bench, 'account_update', disabled('REINSTATE'), 1_750_000_200)
  t.strictSame(await pausesOf(bench), [])
  const restricted = (restriction_type: string, expiration: number) => ({
    event: 'ACCOUNT_RESTRICTION',
    restriction_info: [{ restriction_type, expiration }]
  })
  const inAnHour = Math.floor(Date.now() / 1000) + 3_600
  await tell(bench, 'account_update', restricted('RESTRICTED_USER_INITIATED_CALLING', inAnHour), 1_750_000_300)
  t.strictSame(await pausesOf(bench), [], 'calls are no messages')
  await tell(bench, 'account_update', restricted('RESTRICTED_BIZ_INITIATED_MESSAGING', 1_750_000_000), 1_750_000_400)
  t.strictSame(await pausesOf(bench), [], 'it is over')
  await tell(bench, 'account_update', restricted('RESTRICTED_BIZ_INITIATED_MESSAGING', inAnHour), 1_750_000_500)
  const [pause] = await bench.db.selectFrom('pauses').selectAll().execute()
  t.ok(Math.abs(Number(pause?.resumes_at) - inAnHour * 1000) < 60_000)
})

t.test('an account is learned from messages, and what was reported of it before counts then', async (t) => {
  const bench = await openBench(t)
  const second = createId()
  await bench.db.insertInto('phone_numbers').values({ tenant_id: tenantId, id: second }).execute()
  await openIngest(t, bench)
  await tell(bench, 'account_update', { event: 'ACCOUNT_DELETED' })
  await tell(bench, 'phone_number_quality_update', { ...display, event: 'THROUGHPUT_UPGRADE' })
  t.strictSame([await pausesOf(bench), (await rateOf(bench))?.rate], [[], null], 'of which number is not known')
  await post(bench, [bodyOf({ messages: [message('a')] })])
  await settle(bench)
  t.strictSame([await pausesOf(bench), (await rateOf(bench))?.rate], [[`waba ${accountId}`], 1_000])
})

t.test('a throughput upgrade raises the pace of its number', async (t) => {
  const bench = await openBench(t)
  await openIngest(t, bench)
  await post(bench, [bodyOf({ messages: [message('a')] })])
  await settle(bench)
  await tell(bench, 'phone_number_quality_update', { ...display, event: 'FLAGGED' })
  await tell(bench, 'phone_number_quality_update', { display_phone_number: '49301234', event: 'THROUGHPUT_UPGRADE' })
  t.equal((await rateOf(bench))?.rate, null, 'that was another number')
  await tell(bench, 'phone_number_quality_update', { ...display, event: 'THROUGHPUT_UPGRADE' })
  t.equal((await rateOf(bench))?.rate, 1_000)
  await tell(bench, 'security', { ...display, event: 'PIN_CHANGED' })
  t.match(
    (await read(bench)).events.filter(({ type }) => type === 'number.updated').map(({ data }) => data),
    [
      { topic: 'quality' },
      { displayNumber: '49301234' },
      { topic: 'throughput' },
      { topic: 'security', value: 'PIN_CHANGED' }
    ]
  )
})

t.test('what Meta repeats is told of once, also what changes nothing here', async (t) => {
  const bench = await openBench(t)
  await openIngest(t, bench)
  const bodies = [
    body({
      id: accountId,
      time: 1,
      changes: [{ field: 'flows', value: { event: 'FLOW_STATUS_CHANGE', flow_id: '1' } }]
    }),
    body({
      id: accountId,
      time: 2,
      changes: [{ field: 'account_alerts', value: { alert_info: { alert_type: 'X', alert_status: 'NONE' } } }]
    }),
    bodyOf({ errors: [{ code: 130429, title: 'Rate limit hit' }] }),
    bodyOf({ messages: [{ type: 'text' }] }),
    Buffer.from('no JSON')
  ]
  for (let round = 0; round < 3; round++) await post(bench, bodies)
  await settle(bench)
  const { events, quarantine } = await read(bench)
  t.strictSame(events.map(({ type }) => type).sort(), [
    'account.updated',
    'webhook.quarantined',
    'webhook.quarantined',
    'webhook.unrecognised',
    'webhook.unrecognised'
  ])
  t.equal(quarantine.length, 2)
  t.match(
    events.find(({ data }) => data.reason === 'account error'),
    { data: { error: { code: 130429, message: 'Rate limit hit' } } }
  )
})

t.test('a tenant without a counter of its events loses none', async (t) => {
  const bench = await openBench(t)
  await bench.db.deleteFrom('event_counters').execute()
  await openIngest(t, bench)
  await post(bench, [bodyOf({ messages: [message('a'), message('b')] })])
  await settle(bench)
  t.strictSame(
    (await read(bench)).events.map(({ seq }) => seq),
    [1, 2]
  )
})
