import { createId, type MetaError } from '@wag/contracts'
import t from 'tap'
import {
  acceptMessages,
  type Db,
  ensureTenant,
  hashToken,
  listPauses,
  numbersIn,
  type PauseKey,
  pause,
  pausesOf,
  removePause,
  resume,
  resumeHealed,
  resumeNumber,
  saveNumber
} from '../src/index.ts'
import { messageRow, newMessage, openLedger, requestOf, tenantId } from './ledger.ts'

const encryptionKey = 'ab'.repeat(32)
const error: MetaError = { code: 190, message: '(#190) Expired', details: 'Session has expired' }
const tokenKey = (token: string): PauseKey => ({ tenantId, scope: 'token', key: hashToken(token).toString('hex') })

/** Three numbers: two share the token `one` and the account `A`. */
async function openNumbers(t: Parameters<typeof openLedger>[0]): Promise<Db> {
  const { db } = await openLedger(t)
  await saveNumber(db, { tenantId, id: '1' }, { accessToken: 'one', wabaId: 'A' }, encryptionKey)
  await saveNumber(db, { tenantId, id: '2' }, { accessToken: 'one', wabaId: 'A' }, encryptionKey)
  await saveNumber(db, { tenantId, id: '3' }, { accessToken: 'two' }, encryptionKey)
  return db
}

async function eventsOf(db: Db): Promise<string[]> {
  const rows = await db.selectFrom('events').select(['type', 'data']).orderBy('seq').execute()
  return rows.map(({ type, data }) => `${type} ${data.scope} ${data.phoneNumberId ?? data.template}`)
}

t.test('every scope stops exactly its numbers', async (t) => {
  const db = await openNumbers(t)
  const other = createId()
  await ensureTenant(db, { id: other, name: 'other' })
  await saveNumber(db, { tenantId: other, id: '9' }, { accessToken: 'one', wabaId: 'A' }, encryptionKey)
  const scopes: [PauseKey, string[]][] = [
    [{ tenantId, scope: 'app', key: '' }, ['1', '2', '3']],
    [tokenKey('one'), ['1', '2']],
    [{ tenantId, scope: 'waba', key: 'A' }, ['1', '2']],
    [{ tenantId, scope: 'number', key: '3' }, ['3']],
    [{ tenantId, scope: 'template', key: 'hello' }, []],
    [{ tenantId, scope: 'waba', key: 'B' }, []],
    [{ tenantId, scope: 'number', key: '9' }, []]
  ]
  for (const [key, numbers] of scopes) {
    t.strictSame(await numbersIn(db, key), numbers, `${key.scope} ${key.key}`)
    await pause(db, { ...key, reason: 'auth_fatal', error })
    const stopped = await pausesOf(db, tenantId, ['1', '2', '3', '9'])
    t.strictSame([...stopped.keys()].sort(), numbers, `${key.scope} ${key.key}`)
    for (const id of numbers) await resumeNumber(db, { tenantId, id })
  }
  t.strictSame(await pausesOf(db, other, ['9']), new Map(), "another tenant's number is not stopped")
})

t.test('ten senders that meet one error at once raise one event per number', async (t) => {
  const db = await openNumbers(t)
  const met = { ...tokenKey('one'), reason: 'auth_fatal', error }
  const ends = await Promise.all(Array.from({ length: 10 }, () => pause(db, met)))
  t.strictSame(await eventsOf(db), ['sending.paused token 1', 'sending.paused token 2'])
  t.strictSame(ends.flat(), [{ tenantId, seq: 2 }], 'and one of them says that the log has grown')
  const { data } = await db.selectFrom('events').select('data').where('seq', '=', 1).executeTakeFirstOrThrow()
  t.strictSame(data, {
    scope: 'token',
    reason: 'auth_fatal',
    error: { code: 190, message: '(#190) Expired' },
    phoneNumberId: '1'
  })
  t.match(await listPauses(db, tenantId), [{ ...tokenKey('one'), reason: 'auth_fatal', error, resumesAt: null }])
})

t.test('a pause is lengthened by a longer one and never shortened; neither is told again', async (t) => {
  const db = await openNumbers(t)
  const key = { tenantId, scope: 'number', key: '1' } as const
  const endsAt = async () => (await listPauses(db))[0]?.resumesAt?.getTime() ?? Number.POSITIVE_INFINITY
  await pause(db, { ...key, reason: 'account_config', resumesAfterMs: 60_000 })
  const first = await endsAt()
  await pause(db, { ...key, reason: 'template_state', resumesAfterMs: 1_000 })
  t.equal(await endsAt(), first)
  await pause(db, { ...key, reason: 'account_config', resumesAfterMs: 3_600_000 })
  t.ok((await endsAt()) > first + 3_000_000)
  await pause(db, { ...key, reason: 'integrity_pause', error })
  t.equal(await endsAt(), Number.POSITIVE_INFINITY)
  await pause(db, { ...key, reason: 'account_config', resumesAfterMs: 1_000 })
  t.match(await listPauses(db), [{ reason: 'integrity_pause', error, resumesAt: null }])
  t.strictSame(await eventsOf(db), ['sending.paused number 1'])
})

t.test('what an operator has paused nobody else resumes', async (t) => {
  const db = await openNumbers(t)
  const key = { tenantId, scope: 'number', key: '1' } as const
  await pause(db, { ...key, reason: 'integrity_pause', error })
  await pause(db, { ...key, reason: 'operator' })
  await resume(db, key)
  t.match(await listPauses(db), [{ reason: 'operator', error }])
  t.match((await resumeNumber(db, { tenantId, id: '1' })).ended, [{ ...key, reason: 'operator' }])
  t.strictSame(await listPauses(db), [])
  t.strictSame(await eventsOf(db), ['sending.paused number 1', 'sending.resumed number 1'])
})

t.test('resuming a number ends all that stops it, and tells whom that sets free', async (t) => {
  const db = await openNumbers(t)
  await pause(db, { ...tokenKey('one'), reason: 'auth_fatal', error })
  await pause(db, { tenantId, scope: 'number', key: '1', reason: 'operator' })
  await pause(db, { tenantId, scope: 'number', key: '2', reason: 'operator' })
  const { ended, ends } = await resumeNumber(db, { tenantId, id: '1' })
  t.strictSame(ended.map(({ scope }) => scope).sort(), ['number', 'token'])
  t.equal(ends.length, 1)
  t.strictSame([...(await pausesOf(db, tenantId, ['1', '2'])).keys()], ['2'])
  const resumed = (await eventsOf(db)).filter((event) => event.startsWith('sending.resumed'))
  t.strictSame(resumed.sort(), ['sending.resumed number 1', 'sending.resumed token 1', 'sending.resumed token 2'])
  t.strictSame(await resumeNumber(db, { tenantId, id: '1' }), { ended: [], ends: [] })
  t.strictSame(await resumeNumber(db, { tenantId: createId(), id: '2' }), { ended: [], ends: [] })
})

t.test('pauses whose time has come end once, however many sweep', async (t) => {
  const db = await openNumbers(t)
  t.strictSame(await resumeHealed(db), { ended: [], ends: [] })
  await pause(db, { tenantId, scope: 'number', key: '1', reason: 'account_config', resumesAfterMs: 0 })
  await pause(db, { tenantId, scope: 'number', key: '2', reason: 'account_config', resumesAfterMs: 60_000 })
  await pause(db, { tenantId, scope: 'number', key: '3', reason: 'integrity_pause' })
  const swept = await Promise.all([resumeHealed(db), resumeHealed(db), resumeHealed(db)])
  t.match(
    swept.flatMap(({ ended }) => ended),
    [{ scope: 'number', key: '1' }]
  )
  t.strictSame((await listPauses(db)).map(({ key }) => key).sort(), ['2', '3'])
  t.strictSame((await eventsOf(db)).slice(3), ['sending.resumed number 1'])
})

t.test('another token ends the pause of the one before, for this number only', async (t) => {
  const db = await openNumbers(t)
  await pause(db, { ...tokenKey('one'), reason: 'auth_fatal', error })
  const save = (id: string, accessToken: string) => saveNumber(db, { tenantId, id }, { accessToken }, encryptionKey)
  t.strictSame((await save('1', 'one'))?.ends, [], 'the same token is no other')
  t.equal((await save('1', 'new'))?.ends.length, 1)
  t.strictSame([...(await pausesOf(db, tenantId, ['1', '2', '3'])).keys()], ['2'])
  await save('2', 'new')
  t.strictSame(await listPauses(db), [], 'nobody has the old token any more')
  t.strictSame((await eventsOf(db)).slice(2), ['sending.resumed token 1', 'sending.resumed token 2'])
  t.strictSame(await pause(db, { ...tokenKey('one'), reason: 'auth_fatal', error }), [], 'a late refusal of it')
  t.strictSame(await listPauses(db), [])
  await pause(db, { ...tokenKey('new'), reason: 'auth_fatal', error })
  t.strictSame((await save('3', 'new'))?.ends, [], 'to a token that is paused, too')
})

t.test('a template that may be used again makes due what waited for it, and nothing else', async (t) => {
  const db = await openNumbers(t)
  const template = (name: string) => ({ type: 'template' as const, template: { name, language: { code: 'de' } } })
  const waiting = [template('hello'), template('other')].map((content) => newMessage({ phoneNumberId: '1', content }))
  const reserved = newMessage({ phoneNumberId: '1', content: template('hello') })
  await acceptMessages(db, [requestOf(...waiting, reserved)])
  const later = new Date(Date.now() + 3_600_000)
  await db.updateTable('messages').set({ due_at: later, updated_at: new Date() }).execute()
  await db
    .updateTable('messages')
    .set({ pair_reserved: true, updated_at: new Date() })
    .where('id', '=', reserved.id)
    .execute()
  const key = { tenantId, scope: 'template', key: 'hello' } as const
  await pause(db, { ...key, reason: 'template_state', resumesAfterMs: 3_600_000 })
  t.strictSame(await db.transaction().execute((trx) => removePause(trx, key)), [])
  t.match((await resumeHealed(db)).ended, [key])
  const isDue = async (id: string) => Number((await messageRow(db, id)).due_at) < Date.now() + 60_000
  t.strictSame(await Promise.all([...waiting, reserved].map(({ id }) => isDue(id))), [true, false, false])
  t.strictSame(await eventsOf(db), ['sending.paused template hello', 'sending.resumed template hello'])
})
