import { createId } from '@wag/contracts'
import t from 'tap'
import {
  type ClaimedMessage,
  claimMessages,
  type Db,
  dueMessages,
  expireClaims,
  type Outcome,
  recordOutcomes,
  storeStatuses
} from '../src/index.ts'
import { acceptSome, eventTypesOf, messageRow, openLedger, phoneNumberId, stateOf, tenantId } from './ledger.ts'

const error = { code: 131026, message: 'Message undeliverable' }

async function claimOne(db: Db, ttlMs = 60_000): Promise<ClaimedMessage> {
  const [messageId = ''] = await acceptSome(db)
  const [claimed] = await claimMessages(db, [{ messageId, claim: createId() }], ttlMs)
  if (!claimed) throw new Error('not claimed')
  return claimed
}

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
  const { db } = await openLedger(t)
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
    due_at: null
  })
  t.match(await messageRow(db, two.messageId), { state: 'failed', error, due_at: null })
  t.match(await messageRow(db, three.messageId), { state: 'unknown', error, due_at: null })
  t.same(new Set(await eventTypesOf(db)), new Set(['message.sent', 'message.failed', 'message.unknown']))
})

t.test('again puts a message back, due after its delay, with what Meta said', async (t) => {
  const { db } = await openLedger(t)
  const [now, later] = [await claimOne(db), await claimOne(db)]
  const recorded = await recordOutcomes(db, [again(now), again(later, 3_600_000)])
  t.strictSame(recorded, { ends: [], settledIds: [] }, 'nothing has ended, nobody is told')
  t.match(await messageRow(db, now.messageId), { state: 'queued', claim: null, attempts: 1, error })
  const due = await dueMessages(db, phoneNumberId, 0, 10)
  t.match(due, [{ messageId: now.messageId, attempts: 1 }])
  t.equal(due.length, 1)
})

t.test('a record under a claim that is not held changes nothing', async (t) => {
  const { db } = await openLedger(t)
  const claimed = await claimOne(db)
  const stranger = { ...claimed, claim: createId() }
  const before = await messageRow(db, claimed.messageId)
  const recorded = await recordOutcomes(db, [sent(stranger), again({ ...stranger, claim: createId() })])
  t.strictSame(recorded, { ends: [], settledIds: [] })
  t.strictSame(await messageRow(db, claimed.messageId), before)
})

t.test('a message put back and claimed by another no longer hears its first claimant', async (t) => {
  const { db } = await openLedger(t)
  const first = await claimOne(db)
  await recordOutcomes(db, [again(first)])
  const [second] = await claimMessages(db, [{ messageId: first.messageId, claim: createId() }], 60_000)
  t.equal(second?.attempts, 2)
  await recordOutcomes(db, [sent(first)])
  t.equal(await stateOf(db, first.messageId), 'sending')
})

t.test('a late record still counts after the claim ran out', async (t) => {
  const { db } = await openLedger(t)
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
  const { db } = await openLedger(t)
  const claimed = await claimOne(db)
  const status = { wamid: 'wamid.x', status: 'sent', participant: '', messageId: claimed.messageId, content: {} }
  await db.transaction().execute((trx) => storeStatuses(trx, tenantId, [status]))
  const before = await messageRow(db, claimed.messageId)
  await recordOutcomes(db, [again(claimed)])
  t.strictSame(await messageRow(db, claimed.messageId), before)
})

t.test('the same outcome twice, in one batch or in two, is told once', async (t) => {
  const { db } = await openLedger(t)
  const claimed = await claimOne(db)
  await Promise.all([recordOutcomes(db, [sent(claimed)]), recordOutcomes(db, [sent(claimed)])])
  await recordOutcomes(db, [sent(claimed), sent(claimed)])
  t.equal(await stateOf(db, claimed.messageId), 'sent')
  t.strictSame(await eventTypesOf(db), ['message.sent'])
})

t.test('a message of a batch and its event are committed together or not at all', async (t) => {
  const { db } = await openLedger(t)
  const [good, bad] = [await claimOne(db), await claimOne(db)]
  const poison: Outcome = { ...sent(bad), kind: 'sent', wamid: 'wamid.\u0000' }
  await t.rejects(recordOutcomes(db, [sent(good), poison]), { code: '22021' })
  t.equal(await stateOf(db, good.messageId), 'sending')
  t.strictSame(await eventTypesOf(db), [])
})
