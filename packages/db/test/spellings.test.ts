import t from 'tap'
import { linkSpellings, listContacts, upsertContacts } from '../src/index.ts'
import { acceptAll, messageRow, newMessage, openLedger, tenantId } from './ledger.ts'

const spelling = { kind: 'phone' as const, id: '5511999999999' }
const canonical = '551199999999'

t.test('a number that Meta writes in another way is one contact with it, and stays so for further sends', async (t) => {
  const { db } = await openLedger(t)
  const first = newMessage({ recipient: spelling })
  await acceptAll(db, [first])
  const profile = { waId: canonical, name: 'Ana', at: new Date() }
  await db.transaction().execute((trx) => upsertContacts(trx, tenantId, [profile]))
  t.equal((await listContacts(db, tenantId, 0, 10)).length, 2)
  for (let round = 0; round < 2; round++) await linkSpellings(db, [{ messageId: first.id, waId: canonical }])
  const contacts = await listContacts(db, tenantId, 0, 10)
  t.match(contacts, [{ waId: canonical, profileName: 'Ana' }])
  const [second, third] = [
    newMessage({ recipient: spelling }),
    newMessage({ recipient: { ...spelling, id: canonical } })
  ]
  await acceptAll(db, [second, third])
  t.equal((await listContacts(db, tenantId, 0, 10)).length, 1)
  for (const { id } of [first, second, third]) t.equal((await messageRow(db, id)).contact_id, contacts[0]?.id)
})

t.test('a message to a user id that its owner has changed goes to the same contact', async (t) => {
  const { db } = await openLedger(t)
  const see = (userId: string, former: string | undefined, at: number) =>
    db
      .transaction()
      .execute((trx) => upsertContacts(trx, tenantId, [{ userId, former: { userId: former }, at: new Date(at) }]))
  const { ids } = await see('DE.1', undefined, 1_000)
  await see('DE.2', 'DE.1', 2_000)
  const message = newMessage({ recipient: { kind: 'user', id: 'DE.1' } })
  await acceptAll(db, [message])
  t.equal((await messageRow(db, message.id)).contact_id, ids[0])
})
