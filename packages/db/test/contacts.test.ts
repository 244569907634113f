import { createId } from '@wag/contracts'
import fc from 'fast-check'
import t from 'tap'
import { ensureTenant, findContact, listContacts, type Profile, upsertContacts } from '../src/index.ts'
import { openLedger, tenantId } from './ledger.ts'

const at = (seconds: number) => new Date(1_750_000_000_000 + seconds * 1000)

t.test('the name is that of the newest profile, in whatever order and grouping they come', async (t) => {
  const { db } = await openLedger(t, { poolMax: 2 })
  let next = 0
  const ages = fc.uniqueArray(fc.nat(100), { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(
      ages,
      fc.infiniteStream(fc.boolean()),
      fc.infiniteStream(fc.boolean()),
      async (order, cuts, named) => {
        const waId = `49170${++next}`
        const profiles = order.map((age): Profile => {
          return { waId, at: at(age), ...(named.next().value && { name: `name at ${age}` }) }
        })
        let batch: Profile[] = []
        for (const profile of profiles) {
          batch.push(profile)
          if (!cuts.next().value) continue
          await upsertContacts(db, tenantId, batch)
          batch = []
        }
        const { ids } = await upsertContacts(db, tenantId, batch.length > 0 ? batch : profiles)
        const newest = profiles.filter(({ name }) => name !== undefined).sort((a, b) => +b.at - +a.at)[0]
        const contact = await findContact(db, tenantId, ids[0] ?? 0)
        if (contact?.profileName !== (newest?.name ?? '')) throw new Error(`${contact?.profileName} is not the newest`)
      }
    ),
    { numRuns: 40 }
  )
  t.pass('40 histories')
})

t.test('a contact is made once by transactions at the same moment, and the newest name wins there too', async (t) => {
  const { db } = await openLedger(t)
  const batches = Array.from({ length: 10 }, (_, age) =>
    ['1', '2', '3'].map((waId): Profile => ({ waId, name: `name at ${age}`, at: at(age) }))
  )
  await Promise.all(
    batches.map((batch, index) =>
      db.transaction().execute((trx) => upsertContacts(trx, tenantId, index % 2 ? batch.toReversed() : batch))
    )
  )
  t.strictSame(
    (await listContacts(db, tenantId, 0, 10)).map(({ waId, profileName }) => `${waId}: ${profileName}`).sort(),
    ['1: name at 9', '2: name at 9', '3: name at 9']
  )
})

t.test('profiles that tell nothing new use up no ids', async (t) => {
  const { db } = await openLedger(t)
  for (let round = 0; round < 3; round++) await upsertContacts(db, tenantId, [{ waId: '1', name: 'a', at: at(round) }])
  await upsertContacts(db, tenantId, [{ waId: '2', at: at(9) }])
  t.strictSame(
    (await listContacts(db, tenantId, 0, 10)).map(({ id }) => id),
    [1, 2]
  )
})

t.test('a customer whom Meta names by user id alone is a contact too', async (t) => {
  const { db } = await openLedger(t)
  const profile: Profile = { userId: 'DE.abc', name: 'Ann', at: at(1) }
  const { ids } = await upsertContacts(db, tenantId, [profile, { waId: '1', at: at(1) }])
  t.match(await findContact(db, tenantId, ids[0] ?? 0), { userId: 'DE.abc', profileName: 'Ann' })
  t.strictSame((await upsertContacts(db, tenantId, [profile])).ids, [ids[0]])
})

t.test('a contact is its tenant’s alone', async (t) => {
  const { db } = await openLedger(t)
  const other = createId()
  await ensureTenant(db, { id: other, name: 'other' })
  const [ours = 0] = (await upsertContacts(db, tenantId, [{ waId: '1', name: 'ours', at: at(1) }])).ids
  const [theirs = 0] = (await upsertContacts(db, other, [{ waId: '1', name: 'theirs', at: at(2) }])).ids
  t.not(ours, theirs)
  t.equal(await findContact(db, other, ours), undefined)
  t.equal((await findContact(db, tenantId, ours))?.profileName, 'ours')
})

t.test('contacts are listed by id, page by page', async (t) => {
  const { db } = await openLedger(t)
  await upsertContacts(
    db,
    tenantId,
    Array.from({ length: 25 }, (_, index): Profile => ({ waId: `1${index}`, at: at(1) }))
  )
  const seen: number[] = []
  for (let page = [0]; page.length > 0; ) {
    page = (await listContacts(db, tenantId, seen.at(-1) ?? 0, 10)).map(({ id }) => id)
    seen.push(...page)
  }
  t.strictSame(
    seen,
    Array.from({ length: 25 }, (_, index) => index + 1)
  )
})
