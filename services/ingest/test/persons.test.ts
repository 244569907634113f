import t from 'tap'
import { body, bodyOf, change, contact, entry, message, phoneNumberId, status } from './bodies.ts'
import { type Bench, openBench, openIngest, post, read, settle } from './open.ts'

const day = 24 * 3_600_000

async function tell(bench: Bench, ...bodies: Buffer[]): Promise<void> {
  await post(bench, bodies)
  await settle(bench)
}

function windowsOf({ db }: Bench) {
  return db.selectFrom('windows').selectAll().orderBy('contact_id').execute()
}

function fieldOf(field: string, value: Record<string, unknown>, time?: number): Buffer {
  const { value: whole } = change(value) as { value: Record<string, unknown> }
  return body({ ...entry({ field, value: whole }), ...(time !== undefined && { time }) })
}

t.test('a number and a user id that turn out to be one person are one contact, with all messages', async (t) => {
  const bench = await openBench(t)
  await openIngest(t, bench)
  const userId = 'DE.13491208655302741918'
  await tell(bench, bodyOf({ contacts: [contact('491700000001', 'Ann')], messages: [message('a')] }))
  const nameless = message('b', { from: undefined, from_user_id: userId, timestamp: '1750000010' })
  const profile = { user_id: userId, profile: { name: 'Ann B.', username: '@ann' } }
  await tell(bench, bodyOf({ contacts: [profile], messages: [nameless] }))
  t.equal((await read(bench)).contacts.length, 2)
  await tell(bench, bodyOf({ messages: [message('c', { from_user_id: userId, timestamp: '1750000020' })] }))
  const { contacts, messages, events } = await read(bench)
  const present = contacts.filter((row) => row.merged_into === null)
  t.match(present, [{ wa_id: '491700000001', user_id: userId, profile_name: 'Ann B.', username: '@ann' }])
  t.same(new Set(messages.map((row) => row.contact_id)), new Set([present[0]?.id]))
  t.match(
    events.filter(({ type }) => type === 'contact.updated').map(({ data }) => data),
    [{ changed: ['name', 'username', 'user_id'] }, { changed: ['merged'], mergedInto: present[0]?.id }]
  )
})

t.test(
  'a system message moves a contact to the new number, before and after anything else is known of it',
  async (t) => {
    const bench = await openBench(t)
    await openIngest(t, bench)
    const system = { type: 'user_changed_number', wa_id: '491700000009', body: 'changed' }
    const moved = message('moved', { type: 'system', system, timestamp: '1750000100' })
    await tell(bench, bodyOf({ messages: [moved] }))
    await tell(
      bench,
      bodyOf({
        contacts: [contact('491700000009', 'Ann')],
        messages: [message('after', { from: '491700000009', timestamp: '1750000200' })]
      }),
      bodyOf({ messages: [message('before')] })
    )
    const { contacts, messages } = await read(bench)
    t.match(contacts, [{ wa_id: '491700000009', profile_name: 'Ann' }])
    t.equal(messages.length, 3)
  }
)

t.test('the window opens with the last message or call of a customer, and with nothing else', async (t) => {
  const bench = await openBench(t)
  await openIngest(t, bench)
  const at = (seconds: number, more = {}) =>
    message(`at ${seconds} ${JSON.stringify(more)}`, { timestamp: String(seconds), ...more })
  await tell(bench, bodyOf({ messages: [at(1750000300), at(1750000100)] }))
  await tell(
    bench,
    bodyOf({ messages: [at(1750000900, { type: 'system', system: { type: 'customer_identity_changed' } })] }),
    bodyOf({ messages: [at(1750000901, { group_id: 'G' }), at(1750000902, { type: 'revoke', revoke: {} })] }),
    bodyOf({ statuses: [status('ours', 'read', { timestamp: '1750000903' })] })
  )
  t.match(await windowsOf(bench), [{ phone_number_id: phoneNumberId, last_at: new Date(1750000300 * 1000) }])
  const call = { id: 'c', from: '491700000001', event: 'connect', direction: 'USER_INITIATED', timestamp: '1750000400' }
  await tell(
    bench,
    fieldOf('calls', { calls: [call, { ...call, event: 'terminate', timestamp: '1750000500' }] }),
    fieldOf('calls', { calls: [{ ...call, to: call.from, direction: 'BUSINESS_INITIATED', timestamp: '1750000600' }] })
  )
  t.match(await windowsOf(bench), [{ last_at: new Date(1750000400 * 1000) }])
  await tell(bench, bodyOf({ messages: [at(9_999_999_999)] }))
  const [window] = await windowsOf(bench)
  t.ok(Math.abs(Number(window?.last_at) - Date.now()) < day, 'what claims to be of next century opens it now')
})

t.test('a customer is asked for no marketing by their last word, whichever comes last', async (t) => {
  const bench = await openBench(t)
  await openIngest(t, bench)
  const word = (value: string, timestamp: number) => {
    const preference = { wa_id: '491700000001', category: 'marketing_messages', value, timestamp }
    return fieldOf('user_preferences', { contacts: [{ wa_id: '491700000001' }], user_preferences: [preference] })
  }
  const wants = async () => (await read(bench)).contacts.map((row) => row.opted_out)
  await tell(bench, word('stop', 1_750_000_200))
  t.strictSame(await wants(), [true])
  await tell(bench, word('resume', 1_750_000_100))
  t.strictSame(await wants(), [true], 'that was before')
  await tell(bench, word('resume', 1_750_000_300))
  t.strictSame(await wants(), [false])
  const errors = [{ code: 131050, title: 'User opted out' }]
  await tell(bench, bodyOf({ statuses: [status('ours', 'failed', { timestamp: '1750000400', errors })] }))
  t.strictSame(await wants(), [true], 'a refused message says so too')
  const { events } = await read(bench)
  const told = events.filter(({ type }) => type === 'contact.updated').map(({ data }) => data)
  t.strictSame(
    told.map(({ optedOut }) => optedOut),
    [true, false, true]
  )
  t.match(told, [{ changed: ['opt_out'] }, { changed: ['opt_out'] }, { changed: ['opt_out'] }])
})
