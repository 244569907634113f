import { createId } from '@wag/contracts'
import { beginErasure, stepErasure, storeWebhooks } from '@wag/db'
import { eventually } from '@wag/testkit'
import t, { type Test } from 'tap'
import { bodyOf, contact, message, status } from './bodies.ts'
import { type Bench, encryptionKey, openBench, openIngest, post, settle, tenantId } from './open.ts'

const number = '491700000001'
const neighbour = '491700000002'
const keyId = '00000000-0000-7000-8000-00000000000a'

/** Meta's time, so many seconds from now. */
function at(seconds: number) {
  return { timestamp: String(Math.floor(Date.now() / 1_000) + seconds) }
}

/** A person who wrote once and was erased. */
async function openErased(t: Test): Promise<Bench> {
  const bench = await openBench(t)
  await openIngest(t, bench)
  await say(bench, { contacts: [contact(number, 'Ann')], messages: [message('first', at(-10))] })
  await eraseContact(bench)
  return bench
}

async function eraseContact(bench: Bench): Promise<void> {
  const { id } = await contactOf(bench, number)
  const { id: requestId = '' } = (await beginErasure(bench.db, { tenantId, contactId: id, keyId }, encryptionKey)) ?? {}
  await eventually(async () => (await stepErasure(bench.db, requestId, encryptionKey)).state === 'done', {
    timeoutMs: 15_000
  })
}

/** An id as it was made at another time. */
function idAt(time: Date): string {
  const hex = time.getTime().toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}${createId().slice(13)}`
}

async function say(bench: Bench, value: Record<string, unknown>): Promise<string> {
  const [id = ''] = await post(bench, [bodyOf(value)])
  await settle(bench)
  return id
}

function contactOf({ db }: Bench, waId: string) {
  return db.selectFrom('contacts').selectAll().where('wa_id', '=', waId).executeTakeFirstOrThrow()
}

async function knows({ db }: Bench): Promise<boolean> {
  const contacts = await db.selectFrom('contacts').select('id').where('wa_id', '=', number).execute()
  const statuses = await db.selectFrom('statuses').select('content').execute()
  const bodies = await db.selectFrom('inbox').select('body').execute()
  return (
    contacts.length > 0 ||
    statuses.some(({ content }) => JSON.stringify(content).includes(number)) ||
    bodies.some(({ body }) => body.includes(number))
  )
}

t.test('whatever comes late about somebody who was erased leaves nothing, whoever else it speaks of', async (t) => {
  const bench = await openErased(t)
  t.notOk(await knows(bench))
  const lates: [name: string, value: Record<string, unknown>][] = [
    ['the same message', { messages: [message('first', at(0))] }],
    ['an older message', { messages: [message('older', at(-100))] }],
    ['a profile', { contacts: [contact(number, 'Ann')] }],
    ['a status of now', { contacts: [contact(number, 'Ann')], statuses: [status('sent then', 'read', at(5))] }],
    ['a message without a writer', { messages: [{ ...message('x'), id: undefined, from: number }] }]
  ]
  for (const [name, value] of lates) {
    await say(bench, value)
    t.notOk(await knows(bench), name)
  }
  const id = await say(bench, {
    messages: [message('old', at(-100)), message('n', { ...at(0), from: neighbour })],
    statuses: [status('m', 'sent', { recipient_id: neighbour }), status('old', 'read')]
  })
  t.notOk(await knows(bench), 'a body that speaks of two')
  t.ok(await contactOf(bench, neighbour))
  t.equal((await bench.db.selectFrom('statuses').selectAll().execute()).length, 1)
  const row = await bench.db.selectFrom('inbox').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  t.match(row, { body: Buffer.alloc(0), result: { items: 4, stored: 2 } })
  t.ok(row.erased_at)
})

t.test('what the spool held while its person was erased leaves nothing when it is brought in', async (t) => {
  const bench = await openBench(t)
  await openIngest(t, bench)
  await say(bench, { contacts: [contact(number, 'Ann')], messages: [message('first', at(-10))] })
  // As a gateway makes them while the ledger is away: with their id, and the time they came.
  const broken = Buffer.from(`{"entry":[{"from":"${number}`)
  const bodies = [
    bodyOf({ contacts: [contact(number, 'Ann')], messages: [message('spooled', at(-5))] }),
    // Of the very second of the erasure, by Meta's clock, which may be ahead.
    bodyOf({ contacts: [contact(number, 'Ann')], messages: [message('just now', at(2))] }),
    bodyOf({ statuses: [status('spooled too', 'read', at(-5))] }),
    bodyOf({ messages: [{ ...message('x'), id: undefined, from: number }] }),
    broken
  ]
  const receivedAt = new Date(Date.now() - 5_000)
  const spooled = bodies.map((body) => ({ id: idAt(receivedAt), tenantId, receivedAt, body }))
  await eraseContact(bench)
  await storeWebhooks(bench.db, spooled)
  await settle(bench)
  t.notOk(await knows(bench))
  t.strictSame(await bench.db.selectFrom('quarantine').selectAll().execute(), [])
  const rows = await bench.db.selectFrom('inbox').select(['id', 'erased_at']).execute()
  t.equal(rows.filter(({ erased_at }) => erased_at).length, spooled.length + 1)
})

t.test('whoever writes anew is a new contact, and what is said of them then is kept', async (t) => {
  const bench = await openErased(t)
  await say(bench, { contacts: [contact(number, 'Ann again')], messages: [message('anew', at(0))] })
  const back = await contactOf(bench, number)
  t.equal(back.profile_name, 'Ann again')
  await say(bench, { statuses: [status('sent since', 'read', at(2))] })
  t.equal((await bench.db.selectFrom('statuses').selectAll().execute()).length, 1)
  await say(bench, { messages: [message('older', at(-100))] })
  const rows = await bench.db.selectFrom('messages').select('id').where('contact_id', '=', back.id).execute()
  t.equal(rows.length, 1, 'but nothing of before')
})
