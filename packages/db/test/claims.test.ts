import { createId } from '@wag/contracts'
import { sql } from 'kysely'
import t from 'tap'
import { claimMessages, type Db, dueMessages, expireClaims } from '../src/index.ts'
import { acceptSome, eventTypesOf, messageRow, openLedger, phoneNumberId, stateOf } from './ledger.ts'

const ttlMs = 60_000

function claim(db: Db, messageId: string, ttl = ttlMs) {
  return claimMessages(db, [{ messageId, claim: createId() }], ttl).then(([claimed]) => claimed)
}

t.test('of 100 claimants of one message exactly one wins', async (t) => {
  const { db } = await openLedger(t, { poolMax: 20 })
  const [id = ''] = await acceptSome(db)
  const claimed = await Promise.all(Array.from({ length: 100 }, () => claim(db, id)))
  t.equal(claimed.filter((won) => won !== undefined).length, 1)
  t.match(await messageRow(db, id), { state: 'sending', attempts: 1, claim: claimed.find((won) => won)?.claim })
})

t.test('of 20 batches with the same 200 messages, in any order, each message is won by one', async (t) => {
  const { db } = await openLedger(t, { poolMax: 20 })
  const ids = await acceptSome(db, 200)
  const batches = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? ids : ids.toReversed()))
  const results = await Promise.all(
    batches.map((batch) =>
      claimMessages(
        db,
        batch.map((messageId) => ({ messageId, claim: createId() })),
        ttlMs
      )
    )
  )
  const won = results.flat().flatMap((claimed) => claimed?.messageId ?? [])
  t.strictSame([...won].sort(), [...ids].sort())
})

t.test('two claims on one message in the same batch: one wins, and results stand in the order asked', async (t) => {
  const { db } = await openLedger(t)
  const [one = '', two = ''] = await acceptSome(db, 2)
  const requests = [two, createId(), one, two].map((messageId) => ({ messageId, claim: createId() }))
  const results = await claimMessages(db, requests, ttlMs)
  t.equal(results[1], undefined, 'an unknown message')
  t.equal(results[2]?.messageId, one)
  t.equal([results[0], results[3]].filter((won) => won?.messageId === two).length, 1)
  for (const [index, won] of results.entries()) if (won) t.equal(won.claim, requests[index]?.claim)
})

t.test('a claim tells all that is needed for the POST', async (t) => {
  const { db } = await openLedger(t)
  const [id = ''] = await acceptSome(db)
  t.match(await claim(db, id), {
    messageId: id,
    phoneNumberId,
    recipient: '491700000001',
    content: { type: 'text', text: { body: 'hello' } },
    attempts: 1
  })
})

t.test('nobody claims before a message is due', async (t) => {
  const { db } = await openLedger(t)
  const [id = ''] = await acceptSome(db)
  await sql`update messages set due_at = now() + interval '1 hour' where id = ${id}`.execute(db)
  t.equal(await claim(db, id), undefined)
  t.strictSame(await dueMessages(db, phoneNumberId, 0, 10), [])
  await sql`update messages set due_at = now() - interval '3 seconds' where id = ${id}`.execute(db)
  t.match(await dueMessages(db, phoneNumberId, 2_000, 10), [{ messageId: id, attempts: 0 }])
  t.ok(await claim(db, id))
})

t.test('what is not queued cannot be claimed', async (t) => {
  const { db } = await openLedger(t)
  for (const state of ['sending', 'unknown', 'sent', 'failed', 'expired', 'cancelled', 'read'] as const) {
    const [id = ''] = await acceptSome(db)
    await sql`update messages set state = ${state} where id = ${id}`.execute(db)
    t.equal(await claim(db, id), undefined, state)
  }
})

t.test('a claim that somebody is just winning is not waited for', async (t) => {
  const { db } = await openLedger(t)
  const [id = '', other = ''] = await acceptSome(db, 2)
  const session = await db.startTransaction().execute()
  t.ok(await claim(session, id))
  t.equal(await claim(db, id), undefined)
  t.ok(await claim(db, other), 'its neighbour is free')
  await session.rollback().execute()
  t.ok(await claim(db, id), 'a claim that was not committed was never made')
})

t.test('a claim that ran out makes the message unknown, once, and nobody may claim it again', async (t) => {
  const { db } = await openLedger(t)
  const [lost = '', held = ''] = await acceptSome(db, 2)
  await claim(db, lost, 0)
  await claim(db, held)
  const expired = await Promise.all([expireClaims(db, 100), expireClaims(db, 100), expireClaims(db, 100)])
  t.strictSame(
    expired.flatMap(({ settledIds }) => settledIds),
    [lost]
  )
  t.match(await messageRow(db, lost), { state: 'unknown', error: { message: /stopped before/ } })
  t.equal(await stateOf(db, held), 'sending')
  t.equal(await claim(db, lost), undefined)
  t.strictSame(await eventTypesOf(db), ['message.unknown'])
})
