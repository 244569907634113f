import { createId, type Priority } from '@wag/contracts'
import { sql } from 'kysely'
import t from 'tap'
import { claimMessages, type Db, dueNumbers, expireClaims, releaseClaims } from '../src/index.ts'
import {
  acceptAll,
  acceptSome,
  addNumber,
  claimSome,
  eventTypesOf,
  messageRow,
  newMessage,
  openSending,
  phoneNumberId,
  stateOf,
  tenantId
} from './ledger.ts'

const options = { ttlMs: 60_000, horizonMs: 1_000 }

async function isClaimable(db: Db): Promise<boolean> {
  return (await claimSome(db, 1)).length === 1
}

t.test('of 100 claimants of one message exactly one wins', async (t) => {
  const { db } = await openSending(t, { poolMax: 20 })
  const [id = ''] = await acceptSome(db)
  const claimed = (await Promise.all(Array.from({ length: 100 }, () => claimSome(db, 1)))).flat()
  t.equal(claimed.length, 1)
  t.match(await messageRow(db, id), { state: 'sending', attempts: 1, claim: claimed[0]?.claim })
})

t.test('of 20 claimants that want 50 of 200 messages, each message is won by one', async (t) => {
  const { db } = await openSending(t, { poolMax: 20 })
  const ids = await acceptSome(db, 200)
  const won: string[] = []
  while (won.length < 200) {
    const results = await Promise.all(Array.from({ length: 20 }, () => claimSome(db, 50)))
    t.ok(results.every((claimed) => claimed.length <= 50))
    won.push(...results.flat().map(({ messageId }) => messageId))
  }
  t.strictSame([...won].sort(), [...ids].sort())
})

t.test('what numbers ask for at once is answered to each, in the order they asked', async (t) => {
  const { db } = await openSending(t)
  await addNumber(db, 'other')
  const [one = '', two = ''] = await acceptSome(db, 2)
  const [three = ''] = await acceptAll(db, [newMessage({ phoneNumberId: 'other' })])
  const requests = ['other', 'nobody', phoneNumberId, 'other'].map((id) => {
    return { phoneNumberId: id, claim: createId(), want: 5 }
  })
  const [others = [], nobody, ours = [], again = []] = (await claimMessages(db, requests, options)).map(
    (c) => c.messages
  )
  t.strictSame(nobody, [])
  t.strictSame(ours.map(({ messageId }) => messageId).sort(), [one, two].sort())
  t.strictSame(
    [...others, ...again].map(({ messageId }) => messageId),
    [three]
  )
  for (const claimed of ours) t.equal(claimed.claim, requests[2]?.claim)
})

t.test('a claim tells all that is needed for the POST', async (t) => {
  const { db } = await openSending(t)
  const [id = ''] = await acceptSome(db)
  const [claimed] = await claimSome(db, 1)
  t.match(claimed, {
    messageId: id,
    tenantId,
    phoneNumberId,
    recipient: '491700000001',
    recipientKind: 'phone',
    content: { type: 'text', text: { body: 'hello' } },
    attempts: 1,
    pairReserved: false,
    templatePausedMs: null
  })
  t.ok((claimed?.expiresInMs ?? 0) > 3_600_000)
  t.ok((claimed?.overdueMs ?? -1) >= 0)
})

t.test('the most urgent go first, and of those the longest due', async (t) => {
  const { db } = await openSending(t)
  const priorities: Priority[] = ['bulk', 'normal', 'bulk', 'otp', 'normal', 'otp']
  const ids: string[] = []
  for (const priority of priorities) ids.push(...(await acceptAll(db, [newMessage({ priority })])))
  const order: string[] = []
  for (let round = 0; round < 3; round++) order.push(...(await claimSome(db, 2)).map(({ messageId }) => messageId))
  t.strictSame(
    order,
    [3, 5, 1, 4, 0, 2].map((index) => ids[index])
  )
})

t.test('nobody claims before a message is due, but hears when it will be', async (t) => {
  const { db } = await openSending(t)
  const [id = ''] = await acceptAll(db, [newMessage({ sendAt: new Date(Date.now() + 3_600_000) })])
  t.equal(await stateOf(db, id), 'scheduled')
  t.notOk(await isClaimable(db))
  t.strictSame(await dueNumbers(db, 0), [])
  await sql`update messages set due_at = now() + interval '600 milliseconds' where id = ${id}`.execute(db)
  const [claimed] = await claimMessages(db, [{ phoneNumberId, claim: createId(), want: 5 }], options)
  t.ok((claimed?.nextDueMs ?? 0) > 300 && (claimed?.nextDueMs ?? 0) <= 600, String(claimed?.nextDueMs))
  const [soon] = await dueNumbers(db, 1_000)
  t.ok((soon?.overdueMs ?? 0) < 0, 'not due yet')
  await sql`update messages set due_at = now() - interval '3 seconds' where id = ${id}`.execute(db)
  const [due] = await dueNumbers(db, 0)
  t.ok((due?.overdueMs ?? 0) >= 3_000)
  t.ok(await isClaimable(db))
})

t.test('what is not waiting cannot be claimed', async (t) => {
  const { db } = await openSending(t)
  for (const state of ['sending', 'unknown', 'sent', 'failed', 'expired', 'cancelled', 'read'] as const) {
    const [id = ''] = await acceptSome(db)
    await sql`update messages set state = ${state} where id = ${id}`.execute(db)
    t.notOk(await isClaimable(db), state)
  }
})

t.test('a claim that somebody is just winning is not waited for', async (t) => {
  const { db } = await openSending(t)
  const [id = '', other = ''] = await acceptSome(db, 2)
  const session = await db.startTransaction().execute()
  t.match(await claimSome(session, 1), [{ messageId: id }])
  t.match(await claimSome(db, 2), [{ messageId: other }], 'its neighbour is free')
  await session.rollback().execute()
  t.match(await claimSome(db, 1), [{ messageId: id }], 'a claim that was not committed was never made')
})

t.test('a number that is paused in any way, or has no token, sends nothing; its neighbour does', async (t) => {
  const { db } = await openSending(t)
  await addNumber(db, 'other')
  await db
    .updateTable('phone_numbers')
    .set({ waba_id: 'waba', token_hash: Buffer.from('ab', 'hex') })
    .where('id', '=', phoneNumberId)
    .execute()
  await acceptAll(db, [newMessage(), newMessage({ phoneNumberId: 'other' })])
  const pauses = [
    { scope: 'number', key: phoneNumberId },
    { scope: 'waba', key: 'waba' },
    { scope: 'token', key: 'ab' }
  ] as const
  for (const pause of pauses) {
    await db
      .insertInto('pauses')
      .values({ tenant_id: tenantId, ...pause, reason: 'test' })
      .execute()
    t.notOk(await isClaimable(db), pause.scope)
    t.match(await dueNumbers(db, 0), [{ phoneNumberId: 'other' }])
    await db.deleteFrom('pauses').execute()
  }
  await db.insertInto('pauses').values({ tenant_id: tenantId, scope: 'app', key: '', reason: 'test' }).execute()
  t.strictSame(await dueNumbers(db, 0), [])
  await db.deleteFrom('pauses').execute()
  t.equal((await dueNumbers(db, 0)).length, 2)
  await db.updateTable('phone_numbers').set({ access_token: null }).where('id', '=', phoneNumberId).execute()
  t.notOk(await isClaimable(db))
})

t.test('a message of a paused template is told from the others', async (t) => {
  const { db } = await openSending(t)
  const template = { type: 'template' as const, template: { name: 'sale', language: { code: 'de' } } }
  await acceptAll(db, [newMessage({ content: template }), newMessage()])
  const pause = { tenant_id: tenantId, scope: 'template', key: 'sale', reason: 'test' } as const
  await db
    .insertInto('pauses')
    .values({ ...pause, resumes_at: new Date(Date.now() + 60_000) })
    .execute()
  const claimed = await claimSome(db, 2)
  t.equal(claimed.filter(({ templatePausedMs }) => templatePausedMs === null).length, 1)
  const [waiting] = claimed.filter(({ content }) => content.type === 'template')
  t.ok((waiting?.templatePausedMs ?? 0) > 50_000)
})

t.test('a claim that ran out makes the message unknown, once, and nobody may claim it again', async (t) => {
  const { db } = await openSending(t)
  const [lost = ''] = await acceptSome(db)
  await claimSome(db, 1, 0)
  const [held = ''] = await acceptSome(db)
  await claimSome(db, 1)
  const expired = await Promise.all([expireClaims(db, 100), expireClaims(db, 100), expireClaims(db, 100)])
  t.strictSame(
    expired.flatMap(({ settledIds }) => settledIds),
    [lost]
  )
  t.match(await messageRow(db, lost), { state: 'unknown', error: { message: /stopped before/ } })
  t.equal(await stateOf(db, held), 'sending')
  t.notOk(await isClaimable(db))
  t.strictSame(await eventTypesOf(db), ['message.unknown'])
})

t.test('claims whose winner did not hear of them are given back, and no others', async (t) => {
  const { db } = await openSending(t)
  const [id = ''] = await acceptSome(db)
  const [lost] = await claimSome(db, 1)
  const [other = ''] = await acceptSome(db)
  await claimSome(db, 1)
  t.equal(await releaseClaims(db, [createId(), lost?.claim ?? '']), 1)
  t.match(await messageRow(db, id), { state: 'queued', claim: null, attempts: 0 })
  t.equal(await stateOf(db, other), 'sending')
  t.match(await claimSome(db, 1), [{ messageId: id, attempts: 1 }])
})

t.test('who goes on through a backlog finds what was committed late, and what is more urgent', async (t) => {
  const { db } = await openSending(t)
  const ids = await acceptSome(db, 3)
  const take = async (want: number, after = {}) => {
    const [claimed] = await claimMessages(db, [{ phoneNumberId, claim: createId(), want, after }], options)
    return { won: claimed?.messages.map(({ messageId }) => messageId), after: claimed?.after }
  }
  const first = await take(1)
  t.strictSame(first.won, [ids[0]])
  await sql`update messages set due_at = due_at - interval '1 second' where id = ${ids[2]}`.execute(db)
  const [otp] = await acceptAll(db, [newMessage({ priority: 'otp' })])
  t.strictSame((await take(3, first.after)).won, [otp, ids[2], ids[1]])
})
