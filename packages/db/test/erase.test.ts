import { setTimeout as sleep } from 'node:timers/promises'
import { createId, type MessageState } from '@wag/contracts'
import { findTraces } from '@wag/testkit'
import { sql } from 'kysely'
import t from 'tap'
import {
  beginErasure,
  type Db,
  findErased,
  findErasedWamids,
  findPrivacyRequest,
  hasErased,
  markProcessed,
  openErasures,
  quarantine,
  stepErasure,
  storeWebhooks
} from '../src/index.ts'
import { openLedger, openPool, phoneNumberId, tenantId } from './ledger.ts'

const key = 'ab'.repeat(32)
const keyId = createId()
const number = '4915112223334'

function wamidOf(waId: string, name: string): string {
  return `wamid.${Buffer.from(`\x1c\x18\x0d${waId}\x15\x02${name}`, 'latin1').toString('base64')}`
}

type Contact = { wa_id?: string; user_id?: string; group_id?: string; merged_into?: number; profile_name?: string }

async function addContact(db: Db, contact: Contact): Promise<number> {
  const row = { tenant_id: tenantId, ...contact }
  const { id } = await db.insertInto('contacts').values(row).returning('id').executeTakeFirstOrThrow()
  return id
}

type Message = { contact: number; wamid?: string; content?: object; state?: MessageState; direction?: 'in' | 'out' }

async function addMessage(db: Db, { contact, wamid, content = {}, state = 'received', direction = 'in' }: Message) {
  const id = createId()
  const row = {
    tenant_id: tenantId,
    id,
    phone_number_id: phoneNumberId,
    contact_id: contact,
    type: 'text',
    at: new Date()
  }
  await db
    .insertInto('messages')
    .values({ ...row, state, direction, wamid: wamid ?? null, content: JSON.stringify(content) })
    .execute()
  return id
}

async function addStatus(db: Db, wamid: string, content: object, participant = '', messageId: string | null = null) {
  const row = { tenant_id: tenantId, wamid, status: 'read', participant, message_id: messageId }
  await db
    .insertInto('statuses')
    .values({ ...row, content: JSON.stringify(content) })
    .execute()
}

async function addWebhook(db: Db, text: string, isProcessed = true): Promise<string> {
  const id = createId()
  await storeWebhooks(db, [{ id, tenantId, body: Buffer.from(text) }])
  if (isProcessed) await markProcessed(db, [{ id }])
  return id
}

/**
 * Erases to the end, or to where it waits; says how many steps it took. `strangers`: whether to stop at transactions that
 * were under way, which other tests on the same server have too.
 */
async function erase(db: Db, contactId: number, strangers: 'pass' | 'stop' = 'pass') {
  const { id = '' } = (await beginErasure(db, { tenantId, contactId, keyId }, key)) ?? {}
  return { id, ...(await finish(db, id, strangers)) }
}

async function finish(db: Db, id: string, strangers: 'pass' | 'stop' = 'pass') {
  for (let steps = 1; ; steps++) {
    const { state } = await stepErasure(db, id, key)
    if (state === 'waiting' && strangers === 'pass' && (await stepOf(db, id)) === 'settle') await sleep(20)
    else if (state !== 'more') return { state, steps }
  }
}

async function stepOf(db: Db, id: string): Promise<string | null | undefined> {
  return (await db.selectFrom('privacy_requests').select('step').where('id', '=', id).executeTakeFirst())?.step
}

t.test('every id a person had is looked for, also those of contacts that were merged into theirs', async (t) => {
  const { db, url } = await openLedger(t)
  const id = await addContact(db, { wa_id: number, user_id: 'US.1234567890', profile_name: 'Canarina' })
  const merged = await addContact(db, { merged_into: id })
  await db
    .insertInto('contact_aliases')
    .values([
      { tenant_id: tenantId, kind: 'phone', value: '4915100000001', contact_id: id },
      { tenant_id: tenantId, kind: 'user', value: 'US.9876543210', contact_id: id }
    ])
    .execute()
  const other = await addContact(db, { wa_id: '4915199999999' })
  for (const trace of [number, 'US.1234567890', '4915100000001', 'US.9876543210', wamidOf('4915100000001', 'x')]) {
    await addWebhook(db, `{"x":"${trace}"}`)
    await addStatus(db, `wamid.${createId()}`, { recipient_id: trace })
  }
  const kept = await addWebhook(db, '{"x":"4915199999999"}')
  await sql`
    insert into events (tenant_id, seq, type, contact_id, data)
    values (${tenantId}, 1, 'message.received', ${merged}, ${JSON.stringify({ contactId: merged, body: 'Canarina', wamid: wamidOf(number, 'y') })})`.execute(
    db
  )
  await sql`update event_counters set seq = 1`.execute(db)
  // A merged contact's id leads to the one that is left.
  t.equal((await erase(db, merged)).state, 'done')
  t.strictSame(await findTraces(url, [number, 'US.1234567890', '4915100000001', 'US.9876543210', 'Canarina']), [])
  const inbox = await db.selectFrom('inbox').selectAll().where('erased_at', 'is', null).execute()
  t.strictSame(
    inbox.map((row) => row.id),
    [kept]
  )
  t.equal(
    (await db.selectFrom('contacts').selectAll().where('id', '=', other).executeTakeFirst())?.wa_id,
    '4915199999999'
  )
  const [event] = await db.selectFrom('events').select('data').execute()
  t.strictSame(event?.data, { contactId: merged })
})

t.test('in groups a member’s statuses go, and the id in what quotes them; the rest of the group stays', async (t) => {
  const { db, url } = await openLedger(t)
  const [id, group] = [await addContact(db, { wa_id: number }), await addContact(db, { group_id: 'group-1' })]
  const theirs = wamidOf(number, 'in group')
  await addMessage(db, { contact: id, wamid: theirs })
  const ours = { contact: group, wamid: 'wamid.ours', direction: 'out' as const, state: 'read' as const }
  const content = { text: { body: 'hello all' }, context: { message_id: theirs } }
  const message = await addMessage(db, { ...ours, content })
  await addStatus(db, 'wamid.ours', { recipient_participant_id: number }, number, message)
  await addStatus(db, 'wamid.ours', { recipient_participant_id: '4915199999999' }, '4915199999999', message)
  const reactor = await addContact(db, { wa_id: '4915199999999' })
  const reaction = await addMessage(db, { contact: reactor, content: { reaction: { message_id: theirs, emoji: 'x' } } })
  await db.updateTable('messages').set({ target_wamid: theirs }).where('id', '=', reaction).execute()
  t.equal((await erase(db, id)).state, 'done')
  t.strictSame(await findTraces(url, [number]), [])
  const left = await db
    .selectFrom('messages')
    .select(['id', 'content'])
    .where('contact_id', '<>', id)
    .orderBy('id')
    .execute()
  t.match(left, [{ content: { text: { body: 'hello all' } } }, { content: { reaction: { emoji: 'x' } } }])
  t.equal((await db.selectFrom('statuses').selectAll().execute()).length, 1)
})

t.test('a body that still waits for ingest is waited for, and nothing behind it is called done', async (t) => {
  const { db } = await openLedger(t)
  const id = await addContact(db, { wa_id: number })
  await addWebhook(db, `{"to":"${number}"}`)
  const pending = await addWebhook(db, `{"from":"${number}"}`, false)
  const begun = await erase(db, id)
  t.equal(begun.state, 'waiting')
  t.strictSame(await openErasures(db), [begun.id])
  t.equal((await findPrivacyRequest(db, tenantId, begun.id))?.finishedAt, null)
  await markProcessed(db, [{ id: pending }])
  t.equal((await finish(db, begun.id)).state, 'done')
  t.strictSame(await openErasures(db), [])
  const rows = await db.selectFrom('inbox').select('body').execute()
  t.ok(rows.every(({ body }) => body.length === 0))
})

t.test('whoever was already writing is waited for, and what they wrote goes too', async (t) => {
  const { db, url } = await openLedger(t)
  const id = await addContact(db, { wa_id: number })
  const writer = await openPool(t, url).startTransaction().execute()
  await writer.updateTable('heartbeats').set({ at: new Date() }).execute()
  await sql`select pg_current_xact_id()`.execute(writer)
  const begun = await erase(db, id, 'stop')
  t.equal(begun.state, 'waiting')
  await addMessage(writer, { contact: id, wamid: wamidOf(number, 'late'), content: { text: { body: 'canary' } } })
  await writer.updateTable('contacts').set({ profile_name: 'Canarina' }).where('id', '=', id).execute()
  await writer.commit().execute()
  t.equal((await finish(db, begun.id)).state, 'done')
  t.strictSame(await findTraces(url, [number, 'Canarina', 'canary']), [])
})

t.test('many messages take many steps, a crash between them loses nothing, and two at once do it once', async (t) => {
  const { db, url } = await openLedger(t)
  const id = await addContact(db, { wa_id: number })
  await sql`
    insert into messages (tenant_id, id, direction, phone_number_id, contact_id, state, type, content, wamid, at, due_at, recipient)
    select ${tenantId}, gen_random_uuid(), 'out', ${phoneNumberId}, ${id},
      (case n % 3 when 0 then 'queued' when 1 then 'sending' else 'read' end)::message_state, 'text',
      json_build_object('body', 'canary'), 'wamid.' || n, now() - n * interval '1 second', now(), ${number}
    from generate_series(1, 1200) n`.execute(db)
  const { id: requestId = '' } = (await beginErasure(db, { tenantId, contactId: id, keyId }, key)) ?? {}
  const { id: again } = (await beginErasure(db, { tenantId, contactId: id, keyId }, key)) ?? {}
  t.equal(again, requestId, 'asked for again it is the same erasure')
  const other = openPool(t, url)
  await Promise.all([finish(db, requestId), finish(other, requestId)])
  t.equal((await finish(db, requestId)).state, 'done')
  t.strictSame(await findTraces(url, ['canary', number]), [])
  const { counts } = (await findPrivacyRequest(db, tenantId, requestId)) ?? {}
  t.match(counts, { messages: 1200 })
  const states = await db
    .selectFrom('messages')
    .select(({ fn }) => ['state', fn.countAll<number>().as('many')])
    .groupBy('state')
    .execute()
  t.same(
    new Map(states.map(({ state, many }) => [state, many])),
    new Map(Object.entries({ cancelled: 400, unknown: 400, read: 400 }))
  )
  const events = await db.selectFrom('events').select('type').execute()
  t.equal(events.filter(({ type }) => type === 'message.cancelled').length, 400)
  t.strictSame(await db.selectFrom('messages').select('id').where('due_at', 'is not', null).execute(), [])
})

t.test('what stays of a person is a hash under a key, of each id and wamid, and of nobody else', async (t) => {
  const { db, url } = await openLedger(t)
  t.notOk(await hasErased(db, tenantId))
  const id = await addContact(db, { wa_id: number })
  await addMessage(db, { contact: id, wamid: wamidOf(number, 'one') })
  await erase(db, id)
  t.ok(await hasErased(db, tenantId))
  t.strictSame([...(await findErased(db, tenantId, [number, '4915199999999'], key)).keys()], [number])
  t.equal((await findErased(db, tenantId, [number], 'cd'.repeat(32))).size, 0, 'with another key nobody is known')
  t.strictSame(
    [...(await findErasedWamids(db, tenantId, [wamidOf(number, 'one'), 'wamid.x'], key))],
    [wamidOf(number, 'one')]
  )
  await addContact(db, { wa_id: number })
  t.match((await findErased(db, tenantId, [number], key)).get(number), { isBack: true })
  t.equal((await findTraces(url, [number])).length, 1, 'the new contact')
})

t.test('what is in quarantine and in keys goes only where it speaks of the person', async (t) => {
  const { db } = await openLedger(t)
  const id = await addContact(db, { wa_id: number })
  const items = [{ from: number }, { from: `${number}5` }, { note: `call ${number}!` }, { from: '49151' }, null]
  await quarantine(
    db,
    items.map((item) => ({ tenantId, id: createId(), inboxId: createId(), item, reason: 'test' }))
  )
  for (const name of [`order ${number}`, 'order 1', `order 9${number}`]) {
    const row = { tenant_id: tenantId, key: name, fingerprint: Buffer.alloc(32), request_id: createId(), answer: '{}' }
    await db.insertInto('idempotency_keys').values(row).execute()
  }
  await erase(db, id)
  const left = await db.selectFrom('quarantine').select('item').orderBy('id').execute()
  t.same(
    new Set(left.map(({ item }) => JSON.stringify(item))),
    new Set([items[1], items[3], items[4]].map((item) => JSON.stringify(item)))
  )
  const keys = await db.selectFrom('idempotency_keys').select('key').orderBy('key').execute()
  t.strictSame(
    keys.map((row) => row.key),
    ['order 1', `order 9${number}`]
  )
})

t.test('a contact of another tenant, and one that is not there, is not erased', async (t) => {
  const { db } = await openLedger(t)
  const other = '00000000-0000-7000-8000-000000000002'
  await db.insertInto('tenants').values({ id: other, name: 'other' }).execute()
  const id = await addContact(db, { wa_id: number })
  t.equal(await beginErasure(db, { tenantId: other, contactId: id, keyId }, key), undefined)
  t.equal(await beginErasure(db, { tenantId, contactId: id + 1, keyId }, key), undefined)
  t.equal((await db.selectFrom('contacts').selectAll().executeTakeFirst())?.wa_id, number)
})
