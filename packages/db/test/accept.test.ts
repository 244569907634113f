import { createId } from '@wag/contracts'
import { eventually } from '@wag/testkit'
import { sql } from 'kysely'
import t from 'tap'
import { acceptMessages, type Db, listContacts } from '../src/index.ts'
import { acceptSome, messageRow, newMessage, openLedger, recipientOf, requestOf, tenantId } from './ledger.ts'

function contacts(db: Db) {
  return listContacts(db, tenantId, 0, 10_000)
}

t.test('an accepted message is in the ledger, queued and due, with a contact of its own', async (t) => {
  const { db } = await openLedger(t)
  const message = newMessage({ content: { type: 'text', text: { body: 'é 🙂 \u0000 \ud800' } } })
  await acceptMessages(db, [requestOf(message)])
  const row = await messageRow(db, message.id)
  t.match(row, { direction: 'out', state: 'queued', recipient: message.recipient.id, attempts: 0, claim: null })
  t.strictSame(row.content, message.content, 'the text is kept to the last code unit')
  t.ok(row.due_at && row.due_at <= new Date(Date.now() + 1000))
  t.strictSame(await contacts(db), [{ id: 1, waId: message.recipient.id, userId: null, profileName: '' }])
})

t.test('500 messages are one statement, and each gets its own contact', async (t) => {
  const { db } = await openLedger(t, { poolMax: 1 })
  const messages = Array.from({ length: 500 }, (_, index) =>
    newMessage({ recipient: recipientOf(`4917${1000 + (index % 250)}`) })
  )
  await acceptMessages(db, [requestOf(...messages)])
  const { rows } = await sql<{ recipient: string; wa_id: string }>`
    select m.recipient, c.wa_id from messages m join contacts c on c.id = m.contact_id`.execute(db)
  t.equal(rows.length, 500)
  t.ok(rows.every(({ recipient, wa_id }) => recipient === wa_id))
  t.equal((await contacts(db)).length, 250)
})

t.test('a contact is made once, however many statements need it at the same moment', async (t) => {
  const { db } = await openLedger(t, { poolMax: 20 })
  const recipients = Array.from({ length: 10 }, (_, index) => `49170000${100 + index}`)
  const batches = Array.from({ length: 40 }, (_, index) => {
    const ordered = index % 2 === 0 ? recipients : recipients.toReversed()
    return ordered.map((recipient) => newMessage({ recipient: recipientOf(recipient) }))
  })
  await Promise.all(batches.map((batch) => acceptMessages(db, [requestOf(...batch)])))
  t.equal((await contacts(db)).length, 10)
  const { rows } = await sql<{ many: number }>`select count(*) as many from messages group by contact_id`.execute(db)
  t.strictSame(
    rows.map(({ many }) => many),
    Array.from({ length: 10 }, () => 40)
  )
})

t.test('a message whose contact somebody else is just making waits for it, and is not lost', async (t) => {
  const { db } = await openLedger(t)
  const [first, second] = [newMessage(), newMessage()]
  const session = await db.startTransaction().execute()
  await acceptMessages(session, [requestOf(first)])
  const accepting = acceptMessages(db, [requestOf(second)])
  await eventually(async () => {
    const { rows } =
      await sql`select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`.execute(
        db
      )
    return rows.length > 0
  })
  await session.commit().execute()
  await accepting
  t.equal((await messageRow(db, second.id)).contact_id, (await messageRow(db, first.id)).contact_id)
})

t.test('messages to known contacts use up no contact ids', async (t) => {
  const { db } = await openLedger(t)
  for (let round = 0; round < 5; round++) await acceptSome(db, 20)
  await acceptMessages(db, [requestOf(newMessage({ recipient: recipientOf('491700000002') }))])
  t.strictSame(
    (await contacts(db)).map(({ id }) => id),
    [1, 2]
  )
})

t.test('when one message of a batch is refused, none of it is in the ledger', async (t) => {
  const { db } = await openLedger(t)
  const good = newMessage({ recipient: recipientOf('491700000009') })
  await t.rejects(acceptMessages(db, [requestOf(good, newMessage({ tenantId: createId() }))]), { code: '23503' })
  t.strictSame(await db.selectFrom('messages').select('id').execute(), [])
  t.strictSame(await contacts(db), [])
})

t.test('the same id is never accepted twice', async (t) => {
  const { db } = await openLedger(t)
  const [id = ''] = await acceptSome(db)
  await t.rejects(acceptMessages(db, [requestOf(newMessage({ id }))]), { code: '23505' })
})
