import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { readMediaItems, readSha256 } from '../src/index.ts'

const sha256 = createHash('sha256').update('x').digest()

t.test('every kind of medium is found with all that Meta tells of it', async (t) => {
  for (const kind of ['image', 'video', 'audio', 'document', 'sticker']) {
    const part = { id: '123', mime_type: 'a/b; codecs=opus', sha256: sha256.toString('base64'), filename: 'ä.pdf' }
    t.strictSame(readMediaItems(kind, { [kind]: part }), [
      { metaId: '123', kind, mimeType: 'a/b; codecs=opus', filename: 'ä.pdf', sha256 }
    ])
  }
  t.strictSame(readMediaItems('image', { image: { id: 123, filename: 'a\0\ud800' } }), [
    { metaId: '123', kind: 'image', filename: 'a\uFFFD\uFFFD' }
  ])
})

t.test('the medium that a message was changed to is found', async (t) => {
  const message = { type: 'image', image: { id: '9', caption: 'new' } }
  const edit = { original_message_id: 'wamid.x', message }
  t.strictSame(readMediaItems('edit', { edit }), [{ metaId: '9', kind: 'image' }])
  for (const other of [undefined, null, 'x', {}, { type: 'text', text: {} }, { type: 'edit', edit }]) {
    t.strictSame(readMediaItems('edit', { edit: { message: other } }), [])
  }
})

t.test('what carries no medium gives nothing', async (t) => {
  const none = [{}, { image: null }, { image: { link: 'https://e.com/a.png' } }, { image: { id: '' } }]
  for (const content of none) t.strictSame(readMediaItems('image', content), [])
  t.strictSame(readMediaItems('text', { text: { id: '1' } }), [])
  fc.assert(
    fc.property(fc.constantFrom('image', 'audio', 'edit', '__proto__', 'x'), fc.jsonValue(), (type, value) => {
      return Array.isArray(readMediaItems(type, { [type]: value }))
    })
  )
})

t.test('a hash is read in base64 and in hex, and nothing else is one', async (t) => {
  for (const encoding of ['base64', 'base64url', 'hex'] as const) {
    t.strictSame(readSha256(sha256.toString(encoding)), sha256, encoding)
  }
  t.strictSame(readSha256(sha256.toString('hex').toUpperCase()), sha256)
  for (const value of ['', 'a1b2c3...', 'IMAGE_HASH', 'é'.repeat(43), 1, null, sha256]) {
    t.equal(readSha256(value), undefined)
  }
})
