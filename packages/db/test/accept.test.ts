import { createHash } from 'node:crypto'
import { createId } from '@wag/contracts'
import { eventually } from '@wag/testkit'
import { type KyselyPlugin, sql } from 'kysely'
import t from 'tap'
import { acceptMessages, type Db, listContacts, type NewMessage, type SendRequest, withRetry } from '../src/index.ts'
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
  t.match(await contacts(db), [{ id: 1, waId: message.recipient.id, userId: null, profileName: '' }])
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

/** A request for one message with a key. */
function keyedRequest(key: string, fingerprint = 'a', changes: Partial<NewMessage> = {}): SendRequest {
  const message = newMessage(changes)
  const idempotency = { key, fingerprint: createHash('sha256').update(fingerprint).digest() }
  return { id: createId(), tenantId, messages: [message], idempotency, answer: { id: message.id } }
}

async function storedIds(db: Db): Promise<string[]> {
  const rows = await db.selectFrom('messages').select('id').orderBy('id').execute()
  return rows.map(({ id }) => id)
}

t.test('people by number, by user id and groups get contacts of their own, in one statement', async (t) => {
  const { db } = await openLedger(t)
  const recipients = (['phone', 'user', 'group'] as const).map((kind) => ({ kind, id: 'same' }))
  for (let round = 0; round < 2; round++) {
    const messages = [...recipients, ...recipients].map((recipient) => newMessage({ recipient }))
    await acceptMessages(db, [requestOf(...messages)])
  }
  const rows = await db.selectFrom('contacts').select(['wa_id', 'user_id', 'group_id']).orderBy('id').execute()
  t.strictSame(rows, [
    { wa_id: 'same', user_id: null, group_id: null },
    { wa_id: null, user_id: 'same', group_id: null },
    { wa_id: null, user_id: null, group_id: 'same' }
  ])
  const { rows: used } = await sql<{ many: number }>`select count(*) as many from messages group by contact_id`.execute(
    db
  )
  t.strictSame(
    used.map(({ many }) => many),
    [4, 4, 4]
  )
})

t.test('times are the ledger’s: what is ahead is scheduled, and everything expires', async (t) => {
  const { db } = await openLedger(t)
  const ahead = new Date(Date.now() + 3_600_000)
  const messages = [newMessage(), newMessage({ sendAt: ahead }), newMessage({ sendAt: new Date(0) })]
  const own = newMessage({ expiresAt: ahead, priority: 'bulk', onUnknown: 'resend', metadata: { a: 'b' } })
  const [result] = await acceptMessages(db, [requestOf(...messages, own)], 60)
  if (result?.kind !== 'accepted') throw new Error('not accepted')
  const [now, later, late] = await Promise.all(messages.map(({ id }) => messageRow(db, id)))
  const minuteAfter = (time: Date): Date => new Date(time.getTime() + 60_000)
  t.match(now, { state: 'queued', at: result.at, expires_at: minuteAfter(result.at), priority: 1, on_unknown: 'hold' })
  t.match(later, { state: 'scheduled', due_at: ahead, send_at: ahead, expires_at: minuteAfter(ahead) })
  t.match(late, { state: 'queued', expires_at: minuteAfter(result.at) })
  t.match(await messageRow(db, own.id), { expires_at: ahead, priority: 2, on_unknown: 'resend', metadata: { a: 'b' } })
})

t.test('of requests with one key the first is accepted, the same get its answer, others a mismatch', async (t) => {
  const { db } = await openLedger(t)
  const [first, other, plain] = [keyedRequest('k'), keyedRequest('k', 'b'), requestOf(newMessage())]
  const together = await acceptMessages(db, [first, keyedRequest('k'), plain, other, keyedRequest('l')])
  t.strictSame(
    together.map(({ kind }) => kind),
    ['accepted', 'replayed', 'accepted', 'mismatch', 'accepted']
  )
  t.match(together[1], { answer: first.answer })
  t.match(await acceptMessages(db, [keyedRequest('k')]), [{ kind: 'replayed', answer: first.answer }])
  t.equal((await storedIds(db)).length, 3)
})

t.test('a request waits for the one that has its key, and is accepted itself where that came to nothing', async (t) => {
  const { db } = await openLedger(t)
  for (const end of ['commit', 'rollback'] as const) {
    const session = await db.startTransaction().execute()
    const first = keyedRequest(end)
    await acceptMessages(session, [first])
    const second = acceptMessages(db, [keyedRequest(end)])
    await eventually(async () => {
      const { rows } =
        await sql`select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`.execute(
          db
        )
      return rows.length > 0
    })
    await session[end]().execute()
    t.match(await second, [end === 'commit' ? { kind: 'replayed', answer: first.answer } : { kind: 'accepted' }])
  }
})

t.test('where first answers cannot be read, what was accepted with the others stays accepted', async (t) => {
  const { db } = await openLedger(t)
  await acceptMessages(db, [keyedRequest('k')])
  const requests = [requestOf(newMessage()), keyedRequest('k'), keyedRequest('l')]
  const results = await acceptMessages(db.withPlugin(failingAfter(1)), requests)
  t.match(results, [{ kind: 'accepted' }, { kind: 'unread', cause: /gone/ }, { kind: 'accepted' }])
  t.equal((await storedIds(db)).length, 3)
})

/** Lets so many statements through. */
function failingAfter(many: number): KyselyPlugin {
  let seen = 0
  return {
    transformQuery({ node }) {
      seen += 1
      if (seen > many) throw new Error('the connection is gone')
      return node
    },
    transformResult: async ({ result }) => result
  }
}

t.test('a refused request makes no contacts', async (t) => {
  const { db } = await openLedger(t)
  await acceptMessages(db, [keyedRequest('k')])
  await acceptMessages(db, [keyedRequest('k', 'b', { recipient: recipientOf('491700000002') })])
  t.equal((await contacts(db)).length, 1)
})

t.test('many batches with the same keys and recipients in any order come through, each key once', async (t) => {
  const { db } = await openLedger(t, { poolMax: 20 })
  const keys = Array.from({ length: 20 }, (_, index) => `k${index}`)
  const batches = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? keys : keys.toReversed()))
  const results = await Promise.all(
    batches.map((batch) =>
      withRetry(() =>
        acceptMessages(
          db,
          batch.map((key) => keyedRequest(key, 'a', { recipient: recipientOf(`4917${key.slice(1).padStart(6, '0')}`) }))
        )
      )
    )
  )
  t.equal(results.flat().filter(({ kind }) => kind === 'accepted').length, 20)
  t.equal(results.flat().filter(({ kind }) => kind === 'replayed').length, 380)
  t.equal((await storedIds(db)).length, 20)
})

t.test(
  'a message to another spelling of a number is for its contact; one to a number they gave up is not',
  async (t) => {
    const { db } = await openLedger(t)
    await acceptMessages(db, [requestOf(newMessage())])
    const [holder] = await contacts(db)
    const alias = { tenant_id: tenantId, contact_id: holder?.id ?? 0, kind: 'phone' as const }
    const values = [
      { ...alias, value: '1' },
      { ...alias, value: '2', until: new Date(Date.now() - 60_000) }
    ]
    await db.insertInto('contact_aliases').values(values).execute()
    const [known, former] = ['1', '2'].map((digits) => newMessage({ recipient: recipientOf(digits) }))
    if (!known || !former) throw new Error('two messages')
    await acceptMessages(db, [requestOf(known, former)])
    t.equal((await messageRow(db, known.id)).contact_id, holder?.id)
    t.not((await messageRow(db, former.id)).contact_id, holder?.id)
    await db
      .insertInto('contact_aliases')
      .values({ ...alias, value: '3' })
      .execute()
    const third = newMessage({ recipient: recipientOf('3') })
    await db.insertInto('contacts').values({ tenant_id: tenantId, wa_id: '3' }).execute()
    await acceptMessages(db, [requestOf(third)])
    t.not((await messageRow(db, third.id)).contact_id, holder?.id)
  }
)
