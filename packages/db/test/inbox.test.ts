import { createId } from '@wag/contracts'
import t from 'tap'
import {
  markProcessed,
  quarantine,
  type RawWebhook,
  storeWebhooks,
  takeWebhooks,
  waitingWebhooks
} from '../src/index.ts'
import { openLedger, tenantId } from './ledger.ts'

function webhook(body: Buffer | string): RawWebhook {
  return { id: createId(), tenantId, body: Buffer.from(body) }
}

t.test('a webhook is kept byte for byte, whatever the bytes', async (t) => {
  const { db } = await openLedger(t)
  const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
  const webhooks = [webhook(everyByte), webhook(''), webhook('{"é":"🙂"}'), webhook(Buffer.alloc(3_500_000, 0xff))]
  await storeWebhooks(db, webhooks)
  const taken = await db.transaction().execute((trx) =>
    takeWebhooks(
      trx,
      webhooks.map(({ id }) => id)
    )
  )
  for (const { id, body } of taken) {
    t.ok(body.equals(webhooks.find((given) => given.id === id)?.body ?? Buffer.of(1)), `${body.length} bytes`)
  }
  t.equal(taken.length, webhooks.length)
})

t.test('what one is working on is skipped by others, and free again when the work is undone', async (t) => {
  const { db } = await openLedger(t)
  const [one, two] = [webhook('1'), webhook('2')]
  const ids = [one.id, two.id]
  await storeWebhooks(db, [one, two])
  const first = await db.startTransaction().execute()
  t.equal((await takeWebhooks(first, [one.id])).length, 1)
  const second = await db.startTransaction().execute()
  t.strictSame(
    (await takeWebhooks(second, ids)).map(({ id }) => id),
    [two.id]
  )
  await second.commit().execute()
  await markProcessed(first, [{ id: one.id }])
  await first.rollback().execute()
  t.equal((await db.transaction().execute((trx) => takeWebhooks(trx, ids))).length, 2)
})

t.test('what is processed is never taken again', async (t) => {
  const { db } = await openLedger(t)
  const done = webhook('done')
  await storeWebhooks(db, [done])
  await db.transaction().execute((trx) => markProcessed(trx, [{ id: done.id }]))
  t.strictSame(await db.transaction().execute((trx) => takeWebhooks(trx, [done.id])), [])
  t.strictSame(await waitingWebhooks(db, 0, 10), [])
})

t.test('what waits without a bell is found, oldest first, but not what has just come', async (t) => {
  const { db } = await openLedger(t)
  const webhooks = [webhook('1'), webhook('22'), webhook('333')]
  await storeWebhooks(db, webhooks)
  t.strictSame(
    await waitingWebhooks(db, 0, 2),
    webhooks.slice(0, 2).map(({ id, body }) => ({ id, bytes: body.length }))
  )
  t.strictSame(await waitingWebhooks(db, 60_000, 10), [])
})

t.test('what cannot be applied is kept with its reason, also text that jsonb would refuse', async (t) => {
  const { db } = await openLedger(t)
  const inboxId = createId()
  const item = { nul: '\u0000', lone: '\ud800', many: 1e300 }
  await quarantine(db, [
    { tenantId, id: createId(), inboxId, item, reason: 'because' },
    { tenantId, id: createId(), inboxId, reason: 'the whole body' }
  ])
  const rows = await db.selectFrom('quarantine').select(['item', 'reason']).orderBy('reason').execute()
  t.strictSame(rows, [
    { item, reason: 'because' },
    { item: null, reason: 'the whole body' }
  ])
})
