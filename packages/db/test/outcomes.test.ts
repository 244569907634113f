import { createId } from '@wag/contracts'
import t from 'tap'
import {
  appendEvents,
  type ClaimedMessage,
  dueNumbers,
  expireClaims,
  type Outcome,
  recordOutcomes,
  storeStatuses
} from '../src/index.ts'
import {
  acceptAll,
  acceptSome,
  claimOne,
  claimSome,
  eventTypesOf,
  messageRow,
  newMessage,
  openSending,
  phoneNumberId,
  stateOf,
  tenantId
} from './ledger.ts'

const error = { code: 131026, message: 'Message undeliverable' }

const sent = ({ messageId, claim }: ClaimedMessage): Outcome => ({
  messageId,
  claim,
  kind: 'sent',
  wamid: `wamid.${messageId}`
})
const again = ({ messageId, claim }: ClaimedMessage, delayMs = 0): Outcome => {
  return { messageId, claim, kind: 'again', error, delayMs }
}

t.test('each outcome becomes its state, with its error, its event and nothing left to do', async (t) => {
  const { db } = await openSending(t)
  const [one, two, three] = [await claimOne(db), await claimOne(db), await claimOne(db)]
  const failed: Outcome = { messageId: two.messageId, claim: two.claim, kind: 'failed', error }
  const unknown: Outcome = { messageId: three.messageId, claim: three.claim, kind: 'unknown', error }
  const recorded = await recordOutcomes(db, [sent(one), failed, unknown])
  t.same(new Set(recorded.settledIds), new Set([one.messageId, two.messageId, three.messageId]))
  t.strictSame(recorded.ends, [{ tenantId, seq: 3 }])
  t.match(await messageRow(db, one.messageId), {
    state: 'sent',
    wamid: `wamid.${one.messageId}`,
    error: null,
    due_at: null,
    sent_at: Date
  })
  t.match(await messageRow(db, two.messageId), { state: 'failed', error, due_at: null })
  t.match(await messageRow(db, three.messageId), { state: 'unknown', error, claim: three.claim, due_at: Date })
  t.same(new Set(await eventTypesOf(db)), new Set(['message.sent', 'message.failed', 'message.unknown']))
})

t.test('again puts a message back, due after its delay, with what Meta said', async (t) => {
  const { db } = await openSending(t)
  const [now, later] = [await claimOne(db), await claimOne(db)]
  const recorded = await recordOutcomes(db, [again(now), again(later, 3_600_000)])
  t.strictSame(recorded, { ends: [], settledIds: [] }, 'nothing has ended, nobody is told')
  t.match(await messageRow(db, now.messageId), { state: 'queued', claim: null, attempts: 1, error })
  t.match(await dueNumbers(db, 0), [{ phoneNumberId }])
  const claimed = await claimSome(db, 10)
  t.match(claimed, [{ messageId: now.messageId, attempts: 2 }])
  t.equal(claimed.length, 1)
})

t.test('a record under a claim that is not held changes nothing', async (t) => {
  const { db } = await openSending(t)
  const claimed = await claimOne(db)
  const stranger = { ...claimed, claim: createId() }
  const before = await messageRow(db, claimed.messageId)
  const recorded = await recordOutcomes(db, [sent(stranger), again({ ...stranger, claim: createId() })])
  t.strictSame(recorded, { ends: [], settledIds: [] })
  t.strictSame(await messageRow(db, claimed.messageId), before)
})

t.test('a message put back and claimed by another no longer hears its first claimant', async (t) => {
  const { db } = await openSending(t)
  const first = await claimOne(db)
  await recordOutcomes(db, [again(first)])
  const [second] = await claimSome(db, 1)
  t.equal(second?.attempts, 2)
  await recordOutcomes(db, [sent(first)])
  t.equal(await stateOf(db, first.messageId), 'sending')
})

t.test('a late record still counts after the claim ran out', async (t) => {
  const { db } = await openSending(t)
  const outcomes = { sent, again }
  for (const [kind, state] of [
    ['sent', 'sent'],
    ['again', 'queued']
  ] as const) {
    const late = await claimOne(db, 0)
    await expireClaims(db, 10)
    t.equal(await stateOf(db, late.messageId), 'unknown')
    await recordOutcomes(db, [outcomes[kind](late)])
    t.equal(await stateOf(db, late.messageId), state)
  }
})

t.test('a message is never put back once a status has proved that it was sent', async (t) => {
  const { db } = await openSending(t)
  const claimed = await claimOne(db)
  const status = { wamid: 'wamid.x', status: 'sent', participant: '', messageId: claimed.messageId, content: {} }
  await db.transaction().execute((trx) => storeStatuses(trx, tenantId, [status]))
  const before = await messageRow(db, claimed.messageId)
  await recordOutcomes(db, [again(claimed)])
  t.strictSame(await messageRow(db, claimed.messageId), before)
})

t.test('the same outcome twice, in one batch or in two, is told once', async (t) => {
  const { db } = await openSending(t)
  const claimed = await claimOne(db)
  await Promise.all([recordOutcomes(db, [sent(claimed)]), recordOutcomes(db, [sent(claimed)])])
  await recordOutcomes(db, [sent(claimed), sent(claimed)])
  t.equal(await stateOf(db, claimed.messageId), 'sent')
  t.strictSame(await eventTypesOf(db), ['message.sent'])
})

t.test('a message of a batch and its event are committed together or not at all', async (t) => {
  const { db } = await openSending(t)
  const [good, bad] = [await claimOne(db), await claimOne(db)]
  const poison: Outcome = { ...sent(bad), kind: 'sent', wamid: 'wamid.\u0000' }
  await t.rejects(recordOutcomes(db, [sent(good), poison]), { code: '22021' })
  t.equal(await stateOf(db, good.messageId), 'sending')
  t.strictSame(await eventTypesOf(db), [])
})

t.test('what was never posted goes back as it was: no attempt is counted, and its place is kept', async (t) => {
  const { db } = await openSending(t)
  const [first, second] = await acceptSome(db, 2)
  const [claimed] = await claimSome(db, 1)
  t.equal(claimed?.messageId, first)
  if (!claimed) return
  const { messageId, claim, overdueMs } = claimed
  await recordOutcomes(db, [{ messageId, claim, kind: 'unposted', delayMs: -overdueMs - 60_000 }])
  t.match(await messageRow(db, messageId), { state: 'queued', attempts: 0, claim: null, error: null })
  t.strictSame(
    (await claimSome(db, 2)).map((next) => next.messageId),
    [first, second]
  )
  t.strictSame(await db.selectFrom('attempts').selectAll().execute(), [])
})

t.test('every attempt that did not end in sent is kept, each once, with what Meta said', async (t) => {
  const { db } = await openSending(t)
  const first = await claimOne(db)
  const throttled = { ...again(first), kind: 'again' as const, reason: 'throttled' as const, error, delayMs: 0 }
  await recordOutcomes(db, [throttled, throttled])
  const [second] = await claimSome(db, 1, 0)
  t.equal(second?.attempts, 2)
  await expireClaims(db, 10)
  if (second) await recordOutcomes(db, [{ ...sent(second), kind: 'failed', error }])
  const rows = await db.selectFrom('attempts').select(['attempt', 'outcome', 'error']).orderBy('attempt').execute()
  t.strictSame(rows, [
    { attempt: 1, outcome: 'throttled', error },
    { attempt: 2, outcome: 'failed', error }
  ])
})

t.test('every event of a message carries the metadata its caller gave it', async (t) => {
  const { db } = await openSending(t)
  const metadata = { order: 7 }
  await acceptAll(db, [newMessage({ metadata })])
  const [claimed] = await claimSome(db, 1)
  if (!claimed) throw new Error('not claimed')
  await recordOutcomes(db, [sent(claimed)])
  const status = { wamid: `wamid.${claimed.messageId}`, status: 'read', participant: '', content: {} }
  await db
    .transaction()
    .execute(async (trx) => appendEvents(trx, (await storeStatuses(trx, tenantId, [status])).events))
  const events = await db.selectFrom('events').select(['type', 'data']).orderBy('seq').execute()
  t.match(events, [
    { type: 'message.sent', data: { metadata } },
    { type: 'message.read', data: { metadata } }
  ])
})

t.test('a message that expired in our hands is expired, and says so', async (t) => {
  const { db } = await openSending(t)
  const { messageId, claim } = await claimOne(db)
  const recorded = await recordOutcomes(db, [{ messageId, claim, kind: 'expired' }])
  t.strictSame(recorded.settledIds, [messageId])
  t.match(await messageRow(db, messageId), { state: 'expired', due_at: null })
  t.strictSame(await eventTypesOf(db), ['message.expired'])
})
