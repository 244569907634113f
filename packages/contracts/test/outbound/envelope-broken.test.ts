import t from 'tap'
import { checkMessage } from '../../src/index.ts'
import { envelopeBroken } from './broken/envelope.ts'
import { type Broken } from './broken.ts'
import { outboundMessages } from './messages.ts'
import { testBroken } from './test-broken.ts'

const now = Date.parse('2027-01-01T00:00:00Z')

/** What depends on the time, and what JSON cannot hold. */
const broken: Broken[] = [
  ['text', '/send_at', '2028-01-05T00:00:00Z', 'must not be more than a year ahead'],
  ['text', '/expires_at', '2026-12-31T00:00:00Z', 'must lie in the future'],
  ['text', '/expires_at', '2029-01-01T00:00:00Z', 'must not be more than a year ahead'],
  ['text', '/metadata', { huge: Number.POSITIVE_INFINITY }, 'must be a number', '/metadata/huge']
]

testBroken([...envelopeBroken, ...broken], now)

t.test('a message must not end before it begins', async (t) => {
  const times = { send_at: '2027-01-02T00:00:00+01:00', expires_at: '2027-01-01T23:00:00Z' }
  t.strictSame(checkMessage({ ...outboundMessages.text, ...times }, now), {
    ok: false,
    problems: [{ pointer: '/expires_at', detail: 'must be later than send_at' }]
  })
  t.ok(checkMessage({ ...outboundMessages.text, ...times, expires_at: '2027-01-01T23:00:01Z' }, now).ok)
})

t.test('a field of Meta stands in raw or beside it', async (t) => {
  const raw = { type: 'pin', context: { message_id: 'wamid.X' } }
  t.ok(checkMessage({ to: '1', type: 'raw', raw }).ok)
  t.strictSame(checkMessage({ to: '1', type: 'raw', raw, context: { message_id: 'wamid.Y' } }), {
    ok: false,
    problems: [{ pointer: '/raw/context', detail: 'must not stand beside raw and in it' }]
  })
})

t.test('an object of another type than the message says is not taken for it', async (t) => {
  const check = checkMessage({ ...outboundMessages.text, type: 'image' })
  t.strictSame(check.ok ? [] : check.problems.map(({ pointer }) => pointer), ['/image', '/text'])
})

t.test('a time that has passed already is a message for now', async (t) => {
  t.ok(checkMessage({ ...outboundMessages.text, send_at: '2026-12-31T00:00:00Z' }, now).ok)
})

t.test('what is no object is no message', async (t) => {
  for (const body of [undefined, null, 'text', 17, true, [], [outboundMessages.text]]) {
    t.strictSame(checkMessage(body), { ok: false, problems: [{ pointer: '', detail: 'must be an object' }] })
  }
})

t.test('all that is wrong is told at once, and no more than 20 of it', async (t) => {
  const check = checkMessage({ type: 'text', text: { body: '' }, priority: 'high', from: 1 })
  t.strictSame(check.ok ? [] : check.problems.map(({ pointer }) => pointer), ['/text/body', '/from', '/priority'])
  const many = checkMessage({ to: '1', type: 'contacts', contacts: Array.from({ length: 200 }, () => ({ a: 1 })) })
  t.equal(many.ok ? 0 : many.problems.length, 20)
})

t.test(
  'the envelope is checked also where the type is not known, and its rules where the content is wrong',
  async (t) => {
    const pointersOf = (body: object) => {
      const checked = checkMessage(body, now)
      return checked.ok ? [] : checked.problems.map(({ pointer }) => pointer)
    }
    const plan = { send_at: '2027-01-03T00:00:00Z', expires_at: '2027-01-02T00:00:00Z' }
    t.strictSame(pointersOf({ text: 'x', type: 'sms', priority: 'high' }), ['/type', '/priority'])
    t.strictSame(pointersOf({}), ['/type', '/to'])
    t.strictSame(pointersOf({ ...plan, type: 'sms' }), ['/type', '/to', '/expires_at'])
    t.strictSame(pointersOf({ ...plan, type: 'text', text: { body: '' } }), ['/text/body', '/to', '/expires_at'])
  }
)
