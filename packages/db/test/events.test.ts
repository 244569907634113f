import { createId } from '@wag/contracts'
import t from 'tap'
import { appendEvents, type Db, ensureTenant, lastSeq, type NewEvent, readEvents } from '../src/index.ts'
import { openLedger, tenantId } from './ledger.ts'

function event(reason: string, tenant = tenantId): NewEvent {
  return { tenantId: tenant, type: 'webhook.unrecognised', data: { reason } }
}

async function seqs(db: Db, after = 0): Promise<number[]> {
  return (await readEvents(db, tenantId, after, 10_000)).map(({ seq }) => seq)
}

t.test('events are numbered from 1, in the order they were given, each tenant for itself', async (t) => {
  const { db } = await openLedger(t)
  const other = createId()
  await ensureTenant(db, { id: other, name: 'other' })
  const events = [event('a'), event('x', other), event('b'), event('c')]
  const ends = await db.transaction().execute((trx) => appendEvents(trx, events))
  t.same(new Set(ends.map(({ tenantId: id, seq }) => `${id} ${seq}`)), new Set([`${tenantId} 3`, `${other} 1`]))
  const read = await readEvents(db, tenantId, 0, 10)
  t.strictSame(
    read.map(({ seq, data }) => [seq, data.reason]),
    [
      [1, 'a'],
      [2, 'b'],
      [3, 'c']
    ]
  )
  t.strictSame(await seqs(db, 2), [3])
  t.equal(await lastSeq(db, other), 1)
  t.equal(await lastSeq(db, createId()), 0)
})

t.test('a number taken by a transaction that was undone is given again: no gaps', async (t) => {
  const { db } = await openLedger(t)
  const session = await db.startTransaction().execute()
  await appendEvents(session, [event('undone')])
  await session.rollback().execute()
  await db.transaction().execute((trx) => appendEvents(trx, [event('kept')]))
  t.strictSame(await seqs(db), [1])
})

t.test('a reader that has seen n never finds a smaller number later', async (t) => {
  const { db } = await openLedger(t)
  const early = await db.startTransaction().execute()
  await appendEvents(early, [event('early')])
  // The later transaction has to wait for the earlier one: it can neither pass it by nor be read first.
  let isLateDone = false
  const late = db.transaction().execute(async (trx) => {
    await appendEvents(trx, [event('late')])
    isLateDone = true
  })
  t.strictSame(await seqs(db), [])
  t.equal(await lastSeq(db, tenantId), 0)
  t.notOk(isLateDone)
  await early.commit().execute()
  await late
  const read = await readEvents(db, tenantId, 0, 10)
  t.strictSame(
    read.map(({ seq, data }) => [seq, data.reason]),
    [
      [1, 'early'],
      [2, 'late']
    ]
  )
})

t.test('20 writers at once and a reader that follows by its cursor: every event once, in order, no gap', async (t) => {
  const { db } = await openLedger(t, { poolMax: 22 })
  const writers = Array.from({ length: 20 }, async (_, writer) => {
    for (let round = 0; round < 10; round++) {
      const events = Array.from({ length: 1 + (round % 3) }, (_, place) => event(`${writer} ${round} ${place}`))
      const session = await db.startTransaction().execute()
      await appendEvents(session, events)
      if (round % 4 === 3) await session.rollback().execute()
      else await session.commit().execute()
    }
  })
  let isWriting = true
  const seen: number[] = []
  const reader = (async () => {
    for (let isLast = false; !isLast; ) {
      isLast = !isWriting
      seen.push(...(await seqs(db, seen.at(-1) ?? 0)))
    }
  })()
  await Promise.all(writers)
  isWriting = false
  await reader
  t.equal(seen.length, await lastSeq(db, tenantId))
  t.strictSame(
    seen,
    Array.from(seen, (_, index) => index + 1)
  )
})
