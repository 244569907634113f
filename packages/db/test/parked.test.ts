import t from 'tap'
import {
  type ClaimedMessage,
  type Db,
  type NewStatus,
  recordOutcomes,
  repairParked,
  storeStatuses
} from '../src/index.ts'
import { claimOne, eventTypesOf, openSending, stateOf, tenantId } from './ledger.ts'

const wamid = 'wamid.parked'
const delivered: NewStatus = { wamid, status: 'delivered', participant: '', content: {} }

function recordSent(db: Db, { messageId, claim }: ClaimedMessage) {
  return recordOutcomes(db, [{ messageId, claim, kind: 'sent', wamid }])
}

t.test('a status that came before its message was known waits for it', async (t) => {
  const { db } = await openSending(t)
  const claimed = await claimOne(db)
  t.strictSame(await db.transaction().execute((trx) => storeStatuses(trx, tenantId, [delivered])), {
    events: [],
    isParked: [true],
    newsOf: [undefined]
  })
  t.equal(await stateOf(db, claimed.messageId), 'sending')
  await recordSent(db, claimed)
  t.equal(await stateOf(db, claimed.messageId), 'delivered')
  t.strictSame(await eventTypesOf(db), ['message.sent', 'message.delivered'])
  t.strictSame(await db.selectFrom('statuses').select('message_id').execute(), [{ message_id: claimed.messageId }])
})

t.test('a status committed at the same moment as the record is joined by the repair', async (t) => {
  const { db } = await openSending(t)
  const claimed = await claimOne(db)
  const webhook = await db.startTransaction().execute()
  t.strictSame((await storeStatuses(webhook, tenantId, [delivered])).events, [], 'the record is not there yet')
  await recordSent(db, claimed)
  t.equal(await stateOf(db, claimed.messageId), 'sent', 'the status is not there yet')
  await webhook.commit().execute()
  t.equal(await stateOf(db, claimed.messageId), 'sent', 'neither saw the other')

  t.match(await repairParked(db, 60_000, 10), [{ tenantId, seq: 2 }])
  t.equal(await stateOf(db, claimed.messageId), 'delivered')
  t.strictSame(await eventTypesOf(db), ['message.sent', 'message.delivered'])
  t.strictSame(await repairParked(db, 60_000, 10), [], 'once')
})

t.test('a status that names our id waits for the record that is being written, and misses nothing', async (t) => {
  const { db } = await openSending(t)
  const claimed = await claimOne(db)
  const webhook = await db.startTransaction().execute()
  await storeStatuses(webhook, tenantId, [{ ...delivered, messageId: claimed.messageId }])
  const recording = recordSent(db, claimed)
  await webhook.commit().execute()
  await recording
  t.equal(await stateOf(db, claimed.messageId), 'delivered')
})

t.test('many repairs at once join each status once', async (t) => {
  const { db } = await openSending(t)
  const claimed = await claimOne(db)
  const webhook = await db.startTransaction().execute()
  await storeStatuses(webhook, tenantId, [delivered, { ...delivered, status: 'read' }])
  await recordSent(db, claimed)
  await webhook.commit().execute()
  await Promise.all(Array.from({ length: 5 }, () => repairParked(db, 60_000, 10)))
  t.strictSame(await eventTypesOf(db), ['message.sent', 'message.delivered', 'message.read'])
})
