import { createId } from '@wag/contracts'
import t from 'tap'
import {
  type Db,
  findContact,
  findMergedIds,
  findWindows,
  listContacts,
  openWindows,
  type Profile,
  repairMerged,
  storeOpts,
  storeReceived,
  upsertContacts
} from '../src/index.ts'
import { messageRow, openLedger, openPool, phoneNumberId, tenantId } from './ledger.ts'

const at = (seconds: number) => new Date(1_750_000_000_000 + seconds * 1000)

async function see(db: Db, ...profiles: Profile[]): Promise<number[]> {
  return (await db.transaction().execute((trx) => upsertContacts(trx, tenantId, profiles))).ids
}

async function write(db: Db, contactId: number): Promise<string> {
  const id = createId()
  const message = { id, tenantId, phoneNumberId, contactId, wamid: `wamid.${id}`, type: 'text', content: {} }
  await storeReceived(db, [{ ...message, at: at(0) }])
  return id
}

/** Two transactions at the same moment: the second begins while the first has written and not yet committed. */
async function overlap(db: Db, first: (trx: Db) => Promise<unknown>, second: () => Promise<unknown>): Promise<void> {
  let pending: Promise<unknown> = Promise.resolve()
  await db.transaction().execute(async (trx) => {
    await first(trx)
    pending = second()
    // Long enough to look, and to wait for the first one.
    await new Promise((resolve) => setTimeout(resolve, 200))
  })
  await pending
}

const changed: Profile = { waId: '2', former: { waId: '1' }, at: at(100) }

t.test('a contact made at the moment its number is given up is the person who has another one now', async (t) => {
  const { db } = await openLedger(t)
  const early: Profile = { waId: '1', name: 'Ann', at: at(1) }
  await overlap(
    db,
    (trx) => upsertContacts(trx, tenantId, [early]),
    () => see(db, changed)
  )
  t.match(await listContacts(db, tenantId, 0, 10), [{ waId: '2', profileName: 'Ann' }])
  t.equal((await listContacts(db, tenantId, 0, 10)).length, 1)
})

t.test('a name told, and a wish, at the moment two contacts become one are kept', async (t) => {
  const { db } = await openLedger(t)
  const [kept = 0] = await see(db, { waId: '2', at: at(1) })
  const [gone = 0] = await see(db, { waId: '1', at: at(1) })
  await overlap(
    db,
    (trx) => upsertContacts(trx, tenantId, [changed]),
    async () => {
      const opts = storeOpts(db, tenantId, [{ contactId: gone, isOut: true, at: at(60) }])
      await Promise.all([opts, see(db, { waId: '1', name: 'Ann', at: at(50) })])
    }
  )
  t.match(await findContact(db, tenantId, kept), { waId: '2', profileName: 'Ann', optedOut: true })
  await openWindows(db, tenantId, [{ contactId: gone, phoneNumberId, at: at(2) }])
  await repairMerged(db, 60_000)
  t.match(await findWindows(db, tenantId, [kept, gone]), [{ contactId: kept }])
})

t.test('who is known by number and by user id apart becomes one, with everything of both', async (t) => {
  const { db } = await openLedger(t)
  const [byNumber = 0] = await see(db, { waId: '1', name: 'old', at: at(1) })
  const byUserOnly = { userId: 'DE.1', parentUserId: 'DE.ENT.1', name: 'new', username: '@ann', at: at(2) }
  const [byUser = 0] = await see(db, byUserOnly)
  const messages = [await write(db, byNumber), await write(db, byUser)]
  await openWindows(db, tenantId, [
    { contactId: byNumber, phoneNumberId, at: at(1) },
    { contactId: byUser, phoneNumberId, at: at(2) }
  ])
  const both: Profile = { waId: '1', userId: 'DE.1', at: at(3) }
  const { ids, events } = await db.transaction().execute((trx) => upsertContacts(trx, tenantId, [both]))
  t.strictSame(ids, [byNumber], 'the older one stays')
  const whole = {
    id: byNumber,
    waId: '1',
    userId: 'DE.1',
    parentUserId: 'DE.ENT.1',
    profileName: 'new',
    username: '@ann'
  }
  t.match(await findContact(db, tenantId, byNumber), whole)
  t.match(await findContact(db, tenantId, byUser), whole, 'the id of the other leads there')
  t.match(await listContacts(db, tenantId, 0, 10), [whole])
  t.strictSame(await findMergedIds(db, tenantId, [byNumber]), new Map([[byNumber, [byUser]]]))
  for (const id of messages) t.equal((await messageRow(db, id)).contact_id, byNumber)
  t.match(await findWindows(db, tenantId, [byNumber, byUser]), [{ contactId: byNumber, openUntil: at(2 + 24 * 3600) }])
  t.match(await db.selectFrom('contact_merges').selectAll().execute(), [{ contact_id: byUser, into_id: byNumber }])
  t.match(
    events.map(({ data }) => data),
    [
      { contactId: byNumber, changed: ['name', 'username', 'user_id'] },
      { contactId: byUser, changed: ['merged'], mergedInto: byNumber }
    ]
  )
})

t.test('a new number and a new user id are followed, and what still comes from the old ones too', async (t) => {
  const { db } = await openLedger(t)
  const [ann = 0] = await see(db, { waId: '1', userId: 'DE.1', name: 'Ann', at: at(1) })
  await see(db, { waId: '2', userId: 'DE.2', former: { waId: '1', userId: 'DE.1' }, at: at(10) })
  t.match(await findContact(db, tenantId, ann), { waId: '2', userId: 'DE.2', profileName: 'Ann' })
  t.strictSame(await see(db, { waId: '1', at: at(9) }, { userId: 'DE.1', at: at(11) }, { waId: '2', at: at(12) }), [
    ann,
    ann,
    ann
  ])
  t.equal((await listContacts(db, tenantId, 0, 10)).length, 1)
})

t.test('whoever gets a number that another has given up is somebody new', async (t) => {
  const { db } = await openLedger(t)
  const [ann] = await see(db, { waId: '1', at: at(1) })
  await see(db, { waId: '2', former: { waId: '1' }, at: at(10) })
  const [stranger, late] = await see(db, { waId: '1', at: at(1_000) }, { waId: '1', at: at(5) })
  t.not(stranger, ann)
  t.equal(late, ann, 'what Ann wrote before and comes late is hers')
})

t.test('a number seen with another user id belongs to that one from then on', async (t) => {
  const { db } = await openLedger(t)
  const [ann, ben] = await see(db, { waId: '1', userId: 'DE.1', at: at(1) }, { waId: '1', userId: 'DE.2', at: at(10) })
  t.not(ann, ben)
  t.strictSame(await see(db, { waId: '1', at: at(11) }, { userId: 'DE.1', at: at(11) }), [ben, ann])
  await see(db, { waId: '1', userId: 'DE.1', at: at(5) })
  t.match(await findContact(db, tenantId, ben ?? 0), { waId: '1' }, 'older news changes nothing')
})

t.test('two spellings of one number are one contact, whichever was there first', async (t) => {
  for (const isFirst of [true, false]) {
    const { db } = await openLedger(t)
    const spelling = { waId: '5511999999999', at: at(1) }
    const canonical = { waId: '551199999999', at: at(2) }
    if (isFirst) await see(db, spelling)
    await see(db, canonical)
    await see(db, { ...canonical, otherWaId: spelling.waId, at: at(3) })
    const [one, other] = await see(db, spelling, { ...canonical, at: at(99) })
    t.equal(one, other)
    t.match(await listContacts(db, tenantId, 0, 10), [{ waId: canonical.waId }])
  }
})

t.test('a merge waits for a message that somebody is about to commit, and takes it along', async (t) => {
  const { db } = await openLedger(t)
  const [ann = 0] = await see(db, { waId: '1', at: at(1) })
  const [again = 0] = await see(db, { userId: 'DE.1', at: at(1) })
  let id = ''
  await overlap(
    db,
    async (trx) => {
      id = await write(trx, again)
    },
    () => see(db, { waId: '1', userId: 'DE.1', at: at(2) })
  )
  t.equal((await messageRow(db, id)).contact_id, ann)
})

t.test('a message that was being accepted while its contact was merged is moved', async (t) => {
  const { db } = await openLedger(t)
  const [ann = 0] = await see(db, { waId: '1', at: at(1) })
  const [again = 0] = await see(db, { userId: 'DE.1', at: at(1) })
  await see(db, { waId: '1', userId: 'DE.1', at: at(2) })
  const id = await write(db, again)
  t.equal(await repairMerged(db, 60_000), 1)
  t.equal((await messageRow(db, id)).contact_id, ann)
  t.equal(await repairMerged(db, 60_000), 0)
})

t.test('many at once who learn the same of the same persons make each of them once', async (t) => {
  const { db, url } = await openLedger(t)
  const persons = Array.from({ length: 20 }, (_, index) => `${index}`)
  const pools = Array.from({ length: 4 }, () => openPool(t, url, { poolMax: 3 }))
  await Promise.all(
    pools.flatMap((pool, index) => [
      see(pool, ...persons.map((waId) => ({ waId, at: at(index) }))),
      see(pool, ...persons.toReversed().map((id) => ({ userId: `DE.${id}`, at: at(index) }))),
      see(pool, ...persons.map((waId) => ({ waId, userId: `DE.${waId}`, name: `n${index}`, at: at(index) })))
    ])
  )
  const found = await listContacts(db, tenantId, 0, 100)
  t.same(
    new Set(found.map(({ waId, userId, profileName }) => `${waId} ${userId} ${profileName}`)),
    new Set(persons.map((id) => `${id} DE.${id} n3`))
  )
  t.equal(found.length, 20)
})
