import t from 'tap'
import { createPhoneParser } from '../src/phone.ts'

const spellings = [
  ['+16505551234', '16505551234'],
  ['+1 (650) 555-1234', '16505551234'],
  ['0016505551234', '16505551234'],
  ['16505551234', '16505551234'],
  ['1-650-555-1234', '16505551234'],
  ['001 650 555 1234', '16505551234'],
  ['+1.650.555.1234', '16505551234'],
  ['+44 (0)20 7946 0958', '442079460958'],
  ['+49 0170 1234567', '491701234567'],
  ['+39 06 1234 5678', '390612345678'],
  ['+5215512345678', '5215512345678'],
  ['+525512345678', '525512345678'],
  ['+5511987654321', '5511987654321'],
  ['+2250712345678', '2250712345678'],
  ['＋１６５０５５５１２３４', '16505551234'],
  ['+883510012345', '883510012345']
] as const

t.test('a number counts however it is written, with its country code', async (t) => {
  const parse = createPhoneParser('')
  for (const [text, digits] of spellings) t.equal(parse(text), digits, text)
})

t.test('with a default country national numbers count, and the others still do', async (t) => {
  const american = createPhoneParser('US')
  const german = createPhoneParser('DE')
  for (const [text, digits] of spellings) t.equal(american(text), digits, text)
  t.equal(american('(650) 555-1234'), '16505551234')
  t.equal(american('4155551234'), '14155551234', 'not a number in Switzerland')
  t.equal(german('0170 1234567'), '491701234567')
  t.equal(german('16505551234'), '16505551234')
  t.equal(german('491701234567'), '491701234567')
})

t.test('what cannot be a number is none', async (t) => {
  const parse = createPhoneParser('')
  const none = ['', ' ', '+', 'x', '12345', '0170 1234567', '+999123456789', '+1650555123', `+1${'6'.repeat(14)}`]
  const disguised = [
    '+1 650 555 1234 ext. 5',
    'tel:+16505551234',
    '1-800-FLOWERS',
    '+16505551234\u0000',
    '++16505551234'
  ]
  for (const text of [...none, ...disguised]) t.equal(parse(text), undefined, JSON.stringify(text))
})

t.test('a default country that does not exist is said at the start', async (t) => {
  t.throws(() => createPhoneParser('XX'), /DEFAULT_COUNTRY/)
})
