import { createHmac } from 'node:crypto'
import t from 'tap'
import { findSigner, sign } from '../src/index.ts'

const secret = 'app secret'
const body = Buffer.from('{"text":"\\u00e9 \\/ @"}')
const signature = sign(body, secret)

t.test('signs as Meta does', async (t) => {
  t.equal(signature, `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`)
})

t.test('accepts the signature of exactly these bytes', async (t) => {
  for (const bytes of [
    body,
    Buffer.alloc(0),
    Buffer.from([0xff, 0xfe, 0x00]),
    Buffer.from('é 👍 @'),
    Buffer.alloc(3e6)
  ]) {
    t.equal(findSigner(bytes, sign(bytes, secret), [secret]), 0)
  }
})

t.test('refuses every other header', async (t) => {
  const hex = signature.slice('sha256='.length)
  const refused: [string, unknown][] = [
    ['missing', undefined],
    ['null', null],
    ['empty', ''],
    ['prefix only', 'sha256='],
    ['no prefix', hex],
    ['another prefix', `sha1=${hex}`],
    ['short', signature.slice(0, -1)],
    ['long', `${signature}0`],
    ['upper-case hex, which Meta never sends', `sha256=${hex.toUpperCase()}`],
    ['no hex', `sha256=${'g'.repeat(64)}`],
    ['not ASCII, same length', `sha256=${'é'.repeat(64)}`],
    ['a blank before', ` ${signature}`],
    ['a line break after', `${signature}\n`],
    ['two headers, joined', `${signature}, ${signature}`],
    ['two headers, as a list', [signature, signature]],
    ['of another body', sign(Buffer.from('{}'), secret)],
    ['of another secret', sign(body, 'another')]
  ]
  for (const [name, header] of refused) t.equal(findSigner(body, header, [secret]), -1, name)
})

t.test('tells which of several secrets signed, and nothing without a secret', async (t) => {
  t.equal(findSigner(body, signature, ['new secret', secret]), 1)
  t.equal(findSigner(body, signature, [secret, 'new secret']), 0)
  t.equal(findSigner(body, signature, ['new secret']), -1)
  t.equal(findSigner(body, signature, []), -1)
  t.equal(findSigner(body, sign(body, ''), ['']), -1, 'an empty secret verifies nothing')
})
