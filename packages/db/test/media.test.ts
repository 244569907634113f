import { createHash } from 'node:crypto'
import { createId } from '@wag/contracts'
import { sql } from 'kysely'
import t from 'tap'
import {
  type Db,
  eraseMediaOf,
  insertMedia,
  type NewMedia,
  type StoredBytes,
  storeReceived,
  sweepGarbage,
  upsertContacts
} from '../src/index.ts'
import { openLedger, phoneNumberId, tenantId } from './ledger.ts'

/** A message of this writer, and its contact. */
async function receive(db: Db, waId: string): Promise<{ messageId: string; contactId: number }> {
  const { ids } = await upsertContacts(db, tenantId, [{ waId, at: new Date() }])
  const contactId = ids[0] ?? 0
  const id = createId()
  const message = { id, tenantId, phoneNumberId, contactId, wamid: `wamid.${id}`, type: 'image', content: {} }
  await storeReceived(db, [{ ...message, at: new Date() }])
  return { messageId: id, contactId }
}

function medium(messageId: string, metaId: string): NewMedia {
  return { messageId, phoneNumberId, metaId, kind: 'image', at: new Date() }
}

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Marks a medium as stored with these bytes. */
async function setStored(db: Db, metaId: string, text: string): Promise<void> {
  await sql`update media set state = 'stored', hash = ${hashOf(text)}, due_at = null where meta_id = ${metaId}`.execute(
    db
  )
}

/** What a sweep removes. */
async function swept(db: Db): Promise<string[]> {
  const removed: StoredBytes[] = []
  await sweepGarbage(db, async (bytes) => void removed.push(bytes), 100)
  return removed.map(({ hash }) => hash.toString('hex'))
}

t.test('a medium is noted once for each message, however often it is told of', async (t) => {
  const { db } = await openLedger(t)
  const { messageId } = await receive(db, '491700000001')
  t.equal(await insertMedia(db, tenantId, [medium(messageId, '1'), medium(messageId, '2')]), 2)
  t.equal(await insertMedia(db, tenantId, [medium(messageId, '2'), medium(messageId, '3')]), 1)
  t.equal(await insertMedia(db, tenantId, []), 0)
  const rows = await db.selectFrom('media').selectAll().execute()
  t.strictSame(
    rows.map(({ state }) => state),
    ['pending', 'pending', 'pending']
  )
  t.ok(rows.every(({ due_at }) => due_at !== null))
})

t.test('erasing takes the rows, and the bytes that nobody else has', async (t) => {
  const { db } = await openLedger(t)
  const ann = await receive(db, '491700000001')
  const bob = await receive(db, '491700000002')
  await insertMedia(db, tenantId, [medium(ann.messageId, 'own'), medium(ann.messageId, 'shared')])
  await insertMedia(db, tenantId, [medium(ann.messageId, 'pending'), medium(bob.messageId, 'same')])
  await setStored(db, 'own', 'a')
  await setStored(db, 'shared', 'b')
  await setStored(db, 'same', 'b')
  t.equal(await eraseMediaOf(db, tenantId, ann.contactId), 3)
  const left = await db.selectFrom('media').select('meta_id').execute()
  t.strictSame(left, [{ meta_id: 'same' }])
  t.strictSame(await swept(db), [hashOf('a').toString('hex')])
  t.equal(await eraseMediaOf(db, tenantId, bob.contactId), 1)
  t.strictSame(await swept(db), [hashOf('b').toString('hex')], 'with the last row the shared ones')
})

t.test('a message cannot go and leave its bytes behind', async (t) => {
  const { db } = await openLedger(t)
  const { messageId } = await receive(db, '491700000001')
  await insertMedia(db, tenantId, [medium(messageId, '1')])
  await t.rejects(db.deleteFrom('messages').where('id', '=', messageId).execute(), /foreign key/)
})

t.test('bytes that cannot be removed now do not hold up the others, and stay noted', async (t) => {
  const { db } = await openLedger(t)
  const { messageId, contactId } = await receive(db, '491700000001')
  await insertMedia(db, tenantId, [medium(messageId, '1'), medium(messageId, '2')])
  await setStored(db, '1', 'a')
  await setStored(db, '2', 'b')
  await eraseMediaOf(db, tenantId, contactId)
  const removed: string[] = []
  const remove = async ({ hash }: StoredBytes): Promise<void> => {
    if (hash.equals(hashOf('a'))) throw new Error('the store is away')
    removed.push(hash.toString('hex'))
  }
  await t.rejects(sweepGarbage(db, remove, 100), /the store is away/)
  t.strictSame(removed, [hashOf('b').toString('hex')])
  await sql`update media_garbage set due_at = now()`.execute(db)
  t.strictSame((await swept(db)).includes(hashOf('a').toString('hex')), true)
})
