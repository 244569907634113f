import { createId, type MessageState, stateOfStatus, stateRank } from '@wag/contracts'
import fc from 'fast-check'
import t from 'tap'
import {
  appendEvents,
  type ClaimedMessage,
  type Db,
  expireClaims,
  type NewStatus,
  readEvents,
  recordOutcomes,
  repairParked,
  storeStatuses
} from '../src/index.ts'
import { acceptSome, claimOne, messageRow, openSending, tenantId } from './ledger.ts'

const hourMs = 3_600_000
const failure = { code: 131026, message: 'Message undeliverable' }

/** One thing that becomes known of a message: what its sender recorded, or a batch of statuses. */
type News = 'record' | { status: string; isOurs: boolean }[]

const statusOf = fc.record({
  status: fc.constantFrom('sent', 'delivered', 'read', 'failed', 'played', 'never heard of'),
  isOurs: fc.boolean()
})
/** Any order, any duplicates, any batches, and the sender's record anywhere in between or, after a crash, nowhere. */
const history = fc
  .tuple(fc.array(fc.array(statusOf, { minLength: 1, maxLength: 5 }), { maxLength: 5 }), fc.option(fc.nat(5)))
  .map(([batches, place]): News[] => (place === null ? batches : batches.toSpliced(place, 0, 'record' as never)))

function statusesOf({ messageId }: ClaimedMessage, batch: Exclude<News, 'record'>): NewStatus[] {
  return batch.map(({ status, isOurs }) => ({
    wamid: `wamid.${messageId}`,
    status,
    participant: '',
    content: {},
    ...(isOurs && { messageId }),
    ...(status === 'failed' && { error: failure })
  }))
}

async function learn(db: Db, claimed: ClaimedMessage, news: News): Promise<void> {
  if (news === 'record') {
    const wamid = `wamid.${claimed.messageId}`
    await recordOutcomes(db, [{ messageId: claimed.messageId, claim: claimed.claim, kind: 'sent', wamid }])
  } else {
    await db.transaction().execute(async (trx) => {
      const { events } = await storeStatuses(trx, tenantId, statusesOf(claimed, news))
      await appendEvents(trx, events)
    })
  }
}

/** The highest of all that became known; nothing is known without the record or a status that names our id. */
function expected(histories: News[]): MessageState {
  const statuses = histories.flatMap((news) => (news === 'record' ? [] : news))
  const isJoined = histories.includes('record') || statuses.some(({ isOurs }) => isOurs)
  if (!isJoined) return 'unknown'
  const states = statuses.flatMap(({ status }) => stateOfStatus(status) ?? [])
  const lowest: MessageState = histories.includes('record') ? 'sent' : 'unknown'
  return states.reduce((high, state) => (stateRank(state) > stateRank(high) ? state : high), lowest)
}

t.test(
  'statuses in any order, number and grouping lead to the same state, and events never go backwards',
  async (t) => {
    const { db } = await openSending(t, { poolMax: 2 })
    await fc.assert(
      fc.asyncProperty(history, async (histories) => {
        const claimed = await claimOne(db, 0)
        for (const news of histories) await learn(db, claimed, news)
        await expireClaims(db, 100)
        await repairParked(db, hourMs, 100)

        const row = await messageRow(db, claimed.messageId)
        const wanted = expected(histories)
        if (row.state !== wanted) throw new Error(`${row.state} instead of ${wanted}`)
        if ((row.state === 'failed') !== (row.error?.code === failure.code)) throw new Error('the error does not fit')
        if ((row.due_at === null) !== (row.state !== 'unknown')) throw new Error('something is left to do')

        const events = (await readEvents(db, tenantId, 0, 10_000)).filter(
          ({ messageId }) => messageId === claimed.messageId
        )
        const ranks = events.map(({ type }) => stateRank(type.replace('message.', '') as MessageState))
        if (ranks.some((rank, index) => index > 0 && rank <= (ranks[index - 1] ?? 0))) throw new Error('backwards')
        if (events.length > 0 && events.at(-1)?.type !== `message.${wanted}`) throw new Error('the last event differs')
      }),
      { numRuns: 100 }
    )
    t.pass('100 histories')
  }
)

t.test('a status is kept even where its word is new or its message never comes', async (t) => {
  const { db } = await openSending(t)
  const strange = { wamid: 'wamid.nobody', status: 'never heard of', participant: '', content: { deep: ['\ud800'] } }
  await db.transaction().execute((trx) => storeStatuses(trx, tenantId, [strange]))
  const rows = await db.selectFrom('statuses').selectAll().execute()
  t.match(rows, [{ wamid: 'wamid.nobody', message_id: null, content: strange.content }])
})

t.test('a message that failed has an error, also where Meta gives none', async (t) => {
  const { db } = await openSending(t)
  const [messageId = ''] = await acceptSome(db)
  const status = { wamid: 'wamid.x', status: 'failed', participant: '', messageId, content: {} }
  await db.transaction().execute((trx) => storeStatuses(trx, tenantId, [status]))
  t.match(await messageRow(db, messageId), { state: 'failed', error: { message: /no reason/ } })
})

t.test('each member of a group has statuses of its own', async (t) => {
  const { db } = await openSending(t)
  const claimed = await claimOne(db, 0)
  const [read] = statusesOf(claimed, [{ status: 'read', isOurs: true }])
  if (!read) throw new Error('no status')
  await db
    .transaction()
    .execute((trx) =>
      storeStatuses(trx, tenantId, [read, { ...read, participant: '1' }, { ...read, participant: '2' }])
    )
  t.equal((await db.selectFrom('statuses').select('wamid').execute()).length, 3)
})

t.test('a status of another tenant moves nothing', async (t) => {
  const { db } = await openSending(t)
  const claimed = await claimOne(db, 0)
  const foreign = createId()
  await db
    .transaction()
    .execute((trx) => storeStatuses(trx, foreign, statusesOf(claimed, [{ status: 'read', isOurs: true }])))
  t.equal((await messageRow(db, claimed.messageId)).state, 'sending')
})

t.test('1,000 statuses of 250 messages, stored by four at once, are each stored once and none deadlocks', async (t) => {
  const { db } = await openSending(t)
  const ids = await acceptSome(db, 250)
  const words = ['sent', 'delivered', 'read', 'read']
  const statuses = ids.flatMap((messageId) =>
    words.map((status) => ({ wamid: `wamid.${messageId}`, status, participant: '', messageId, content: {} }))
  )
  const orders = [statuses, statuses.toReversed(), statuses, statuses.toReversed()]
  await Promise.all(orders.map((order) => db.transaction().execute((trx) => storeStatuses(trx, tenantId, order))))
  t.equal((await db.selectFrom('statuses').select('wamid').execute()).length, 750)
  const states = await db.selectFrom('messages').select('state').distinct().execute()
  t.strictSame(states, [{ state: 'read' }])
})

t.test(
  'of several members a message failed for, the first failure says why, in whatever order they come',
  async (t) => {
    const { db } = await openSending(t)
    const failures = [3, 1, 2].map((second) => ({
      status: 'failed',
      participant: `49${second}`,
      at: new Date(1_750_000_000_000 + second * 1000),
      error: { code: second, message: `failure ${second}` },
      content: {}
    }))
    const [a, b, c] = failures
    for (const order of [
      [a, b, c],
      [c, b, a],
      [b, a, c]
    ]) {
      const { messageId } = await claimOne(db)
      for (const failure of order) {
        if (!failure) continue
        await storeStatuses(db, tenantId, [{ ...failure, wamid: `wamid.${messageId}`, messageId }])
      }
      t.match(await messageRow(db, messageId), { state: 'failed', error: { code: 1 } })
    }
  }
)
