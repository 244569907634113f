import { createHash } from 'node:crypto'
import { createId } from '@wag/contracts'
import t from 'tap'
import { acceptMessages, findMediaUpload, forgetMediaUploads, saveMediaUpload } from '../src/index.ts'
import { openLedger, phoneNumberId, tenantId } from './ledger.ts'

const sha256 = createHash('sha256').update('content').digest()
const content = { tenantId, phoneNumberId, sha256, mimeType: 'image/png' }
const dayMs = 86_400_000
const now = () => new Date()

t.test('an upload is found for its number, content and type, and for no other', async (t) => {
  const { db } = await openLedger(t)
  const { mediaId, expiresAt } = await saveMediaUpload(db, content, '4711')
  t.equal(mediaId, '4711')
  t.ok(Math.abs(expiresAt.getTime() - Date.now() - 29 * dayMs) < dayMs / 24, 'a day less than Meta keeps it')
  t.match(await findMediaUpload(db, content, now()), { mediaId: '4711', expiresAt })
  const others = [
    { ...content, tenantId: '00000000-0000-7000-8000-000000000002' },
    { ...content, phoneNumberId: '1' },
    { ...content, sha256: createHash('sha256').digest() },
    { ...content, mimeType: 'audio/mp4' }
  ]
  for (const other of others) t.equal(await findMediaUpload(db, other, now()), undefined)
})

t.test('an id that does not live long enough is not found, and a new one takes its place', async (t) => {
  const { db } = await openLedger(t)
  await saveMediaUpload(db, content, 'old')
  await db
    .updateTable('media_uploads')
    .set({ expires_at: new Date(Date.now() + dayMs) })
    .execute()
  t.match(await findMediaUpload(db, content, now()), { mediaId: 'old' })
  t.equal(await findMediaUpload(db, content, new Date(Date.now() + 2 * dayMs)), undefined)
  await saveMediaUpload(db, content, 'new')
  t.match(await findMediaUpload(db, content, new Date(Date.now() + 28 * dayMs)), { mediaId: 'new' })
})

t.test('what has expired is not found and goes with the next upload', async (t) => {
  const { db } = await openLedger(t)
  await saveMediaUpload(db, content, 'old')
  await db
    .updateTable('media_uploads')
    .set({ expires_at: new Date(Date.now() - 1000) })
    .execute()
  t.equal(await findMediaUpload(db, content, new Date(0)), undefined)
  await saveMediaUpload(db, { ...content, phoneNumberId: '1' }, 'other')
  t.strictSame(await db.selectFrom('media_uploads').select('media_id').execute(), [{ media_id: 'other' }])
})

t.test('what a message carried that Meta refused is forgotten, wherever it stands, and nothing else', async (t) => {
  const { db } = await openLedger(t)
  const contentOf = (name: string) => ({ ...content, sha256: createHash('sha256').update(name).digest() })
  for (const name of ['1001', '1002', '1003']) await saveMediaUpload(db, contentOf(name), name)
  await saveMediaUpload(db, { ...content, phoneNumberId: '1' }, '1001')
  const image = (id: string) => ({ type: 'image' as const, image: { id } })
  const template = {
    type: 'template' as const,
    template: {
      name: 'a',
      language: { code: 'de' },
      components: [{ type: 'header' as const, parameters: [image('1002')] }]
    }
  }
  const messages = [image('1001'), template].map((content) => {
    const recipient = { kind: 'phone' as const, id: '491700000001' }
    return { id: createId(), tenantId, phoneNumberId, recipient, content }
  })
  await acceptMessages(db, [{ id: createId(), tenantId, messages }])
  await forgetMediaUploads(
    db,
    messages.map(({ id }) => id)
  )
  for (const name of ['1001', '1002']) t.equal(await findMediaUpload(db, contentOf(name), now()), undefined)
  t.match(await findMediaUpload(db, contentOf('1003'), now()), { mediaId: '1003' })
  t.match(await findMediaUpload(db, { ...content, phoneNumberId: '1' }, now()), { mediaId: '1001' })
})
