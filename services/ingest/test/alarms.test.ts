import { createId } from '@wag/contracts'
import { quarantine } from '@wag/db'
import { eventually } from '@wag/testkit'
import t, { type Test } from 'tap'
import { bodyOf, message, phoneNumberId, status } from './bodies.ts'
import { type Bench, openBench, openIngest, post, settle, tenantId } from './open.ts'

const soon = { ALARM_INTERVAL_MS: 100, ALARM_SILENCE_S: 86_400, ALARM_QUARANTINE_COUNT: 1_000 }

/** Messages that were sent so many seconds ago. */
async function send({ db }: Bench, count: number, agoS: number): Promise<string[]> {
  const contact = await db
    .insertInto('contacts')
    .values({ tenant_id: tenantId, wa_id: `49${Math.floor(Math.random() * 1e9)}` })
    .returning('id')
    .executeTakeFirstOrThrow()
  const at = new Date(Date.now() - agoS * 1_000)
  const rows = Array.from({ length: count }, () => {
    const id = createId()
    return { id, wamid: `wamid.${id}` }
  })
  await db
    .insertInto('messages')
    .values(
      rows.map(({ id, wamid }) => ({
        tenant_id: tenantId,
        id,
        direction: 'out' as const,
        phone_number_id: phoneNumberId,
        contact_id: contact.id,
        state: 'sent' as const,
        type: 'text',
        content: '{}',
        wamid,
        at,
        sent_at: at
      }))
    )
    .execute()
  return rows.map(({ wamid }) => wamid)
}

async function alarmEvents({ db }: Bench): Promise<string[]> {
  const all = await db.selectFrom('events').select(['type', 'data']).orderBy('seq').execute()
  const rows = all.filter(({ type }) => type.startsWith('alarm.'))
  return rows.map(({ type, data }) => `${type} ${data.alarm}`)
}

function shown(bench: Bench, count: number): Promise<string[]> {
  return eventually(() => alarmEvents(bench).then((events) => (events.length >= count ? events : undefined)))
}

/** Some rounds in which nothing may be told. */
async function rounds(t: Test, { db }: Bench): Promise<void> {
  const { seq } = await db.selectFrom('event_counters').select('seq').executeTakeFirstOrThrow()
  await new Promise((resolve) => setTimeout(resolve, 500))
  t.equal((await db.selectFrom('event_counters').select('seq').executeTakeFirstOrThrow()).seq, seq)
}

t.test('messages without any status are an alarm, told of once, and once when statuses come', async (t) => {
  const bench = await openBench(t, { ...soon, ALARM_STATUS_S: 60 })
  const wamids = await send(bench, 10, 120)
  await send(bench, 10, 30)
  await openIngest(t, bench)
  t.strictSame(await shown(bench, 1), ['alarm.raised statuses_missing'])
  const { data } = await bench.db.selectFrom('events').select('data').executeTakeFirstOrThrow()
  t.match(data, { count: 10, share: 1 })
  await rounds(t, bench)
  await post(bench, [bodyOf({ statuses: wamids.slice(0, 9).map((id) => ({ ...status('x', 'delivered'), id })) })])
  await settle(bench)
  t.strictSame(await shown(bench, 2), ['alarm.raised statuses_missing', 'alarm.cleared statuses_missing'])
})

t.test('a few messages without a status among many are none', async (t) => {
  const bench = await openBench(t, { ...soon, ALARM_STATUS_S: 60 })
  const wamids = await send(bench, 100, 120)
  const quiet = { ...bench, config: { ...bench.config, ALARM_INTERVAL_MS: 86_400_000 } }
  await openIngest(t, quiet)
  await post(bench, [bodyOf({ statuses: wamids.slice(10).map((id) => ({ ...status('x', 'delivered'), id })) })])
  await settle(bench)
  await openIngest(t, bench)
  await rounds(t, bench)
  t.strictSame(await alarmEvents(bench), [])
})

t.test('silence is an alarm while something was sent, and ends with the next webhook', async (t) => {
  const bench = await openBench(t, { ...soon, ALARM_SILENCE_S: 1 })
  await openIngest(t, bench)
  await rounds(t, bench)
  t.strictSame(await alarmEvents(bench), [], 'nothing was sent: nothing has to come')
  await send(bench, 1, 90)
  t.strictSame(await shown(bench, 1), ['alarm.raised webhooks_silent'])
  await post(bench, [bodyOf({ messages: [message('a')] })])
  t.strictSame(await shown(bench, 2), ['alarm.raised webhooks_silent', 'alarm.cleared webhooks_silent'])
})

t.test(
  'a webhook that waits too long, parked statuses and a full quarantine are alarms; two processes tell once',
  async (t) => {
    const bench = await openBench(t, {
      ...soon,
      ALARM_INBOX_S: 1,
      ALARM_PARKED_S: 1,
      ALARM_PARKED_COUNT: 3,
      ALARM_QUARANTINE_COUNT: 2
    })
    await openIngest(t, bench)
    await openIngest(t, bench)
    const statuses = ['a', 'b', 'c'].map((name) => status(name, 'sent'))
    await post(bench, [bodyOf({ statuses })])
    t.strictSame(await shown(bench, 1), ['alarm.raised statuses_parked'])
    await quarantine(
      bench.db,
      ['one', 'two'].map((item) => ({ tenantId, id: createId(), inboxId: createId(), item, reason: 'test' }))
    )
    t.equal((await shown(bench, 2))[1], 'alarm.raised quarantine_filled')
    await bench.db.deleteFrom('quarantine').execute()
    t.equal((await shown(bench, 3))[2], 'alarm.cleared quarantine_filled')
    const id = createId()
    await bench.db
      .insertInto('inbox')
      .values({ tenant_id: tenantId, id, body: Buffer.from('{}'), retry_at: new Date(Date.now() + 60_000) })
      .execute()
    t.equal((await shown(bench, 4))[3], 'alarm.raised inbox_waiting')
    await bench.db.updateTable('inbox').set({ processed_at: new Date() }).where('id', '=', id).execute()
    t.equal((await shown(bench, 5))[4], 'alarm.cleared inbox_waiting')
    await rounds(t, bench)
    t.equal((await alarmEvents(bench)).length, 5)
  }
)

t.test('a feature that Meta refuses is an alarm that names the code, and other failures are none', async (t) => {
  const bench = await openBench(t, { ...soon, ALARM_STATUS_S: 86_400 })
  const wamids = await send(bench, 3, 10)
  const [first, second, third] = wamids.map((id) => ({ ...status('x', 'failed'), id }))
  await openIngest(t, bench)
  await post(bench, [bodyOf({ statuses: [{ ...first, errors: [{ code: 131026, title: 'Undeliverable' }] }] })])
  await settle(bench)
  await rounds(t, bench)
  const errors = [{ code: 134011, title: 'Terms not accepted' }]
  await post(bench, [bodyOf({ statuses: [second, third].map((one) => ({ ...one, errors })) })])
  await settle(bench)
  t.strictSame(await shown(bench, 1), ['alarm.raised feature_refused'])
  const events = await bench.db.selectFrom('events').select(['type', 'data']).execute()
  const { data } = events.find(({ type }) => type === 'alarm.raised') ?? {}
  t.match(data, { error: { code: 134011, message: 'Terms not accepted' } })
  t.strictSame(await bench.db.selectFrom('pauses').selectAll().execute(), [])
})
