import { type BatchResult } from '@wag/contracts'
import t from 'tap'
import { openGateway } from '../open.ts'
import { call, countMessages, rowOf, text } from './api.ts'

function message(index: number): object {
  return { to: `+4917000${String(10_000 + index)}`, ...text, metadata: { index } }
}

t.test('a thousand messages are judged one by one: three are bad, the others are committed', async (t) => {
  const gateway = await openGateway(t)
  const messages = Array.from({ length: 1_000 }, (_, index) => message(index))
  messages[0] = { ...message(0), to: '12' }
  messages[500] = { ...message(500), text: undefined }
  messages[999] = { ...message(999), from: '1' }
  const { status, body } = await call(gateway, '/batch', { method: 'POST', payload: { messages } })
  t.equal(status, 202)
  const results: BatchResult[] = body.results
  t.strictSame(
    results.map(({ index }) => index),
    messages.map((_, index) => index)
  )
  t.match(results[0], { error: { code: 'invalid_message', detail: /./, errors: [{ pointer: '/to', detail: /./ }] } })
  t.match(results[500], { error: { code: 'invalid_message', errors: [{ pointer: '/text', detail: /./ }] } })
  t.match(results[999], { error: { code: 'number_not_found', errors: [{ pointer: '/from', detail: /./ }] } })
  t.equal(results.filter(({ status }) => status === 'queued').length, 997)
  t.equal(await countMessages(gateway), 997)
  t.strictSame((await rowOf(gateway, results[7]?.id ?? '')).metadata, { index: 7 })
  const rows = await gateway.db.selectFrom('messages').select('metadata').orderBy('due_at').execute()
  t.strictSame(
    rows.map(({ metadata }) => metadata?.index),
    rows.map((_, place) => (place < 499 ? place + 1 : place + 2)),
    'they are due in the order they were given'
  )
})

t.test('a batch that is none is 400 with a pointer, and stores nothing', async (t) => {
  const gateway = await openGateway(t)
  const cases: [payload: unknown, pointer: string][] = [
    [{}, '/messages'],
    [{ messages: [] }, '/messages'],
    [{ messages: {} }, '/messages'],
    [{ messages: Array.from({ length: 1_001 }, (_, index) => message(index)) }, '/messages'],
    [{ messages: [message(1)], more: 1 }, '/more'],
    [[message(1)], '']
  ]
  for (const [payload, pointer] of cases) {
    const { status, body } = await call(gateway, '/batch', { method: 'POST', payload })
    t.equal(status, 400, JSON.stringify(payload).slice(0, 40))
    t.match(body, { code: 'bad_request', errors: [{ pointer }] })
  }
  t.equal(await countMessages(gateway), 0)
})

t.test('what stands in a batch may be anything: only what is a message is taken', async (t) => {
  const gateway = await openGateway(t)
  const messages = [null, 1, 'x', [], {}, message(1), { ...message(2), send_at: '2020-13-01' }]
  const { status, body } = await call(gateway, '/batch', { method: 'POST', payload: { messages } })
  t.equal(status, 202)
  t.equal(body.results.filter(({ error }: BatchResult) => error?.code === 'invalid_message').length, 6)
  t.match(body.results[5], { index: 5, status: 'queued' })
  const none = await call(gateway, '/batch', { method: 'POST', payload: { messages: [null] } })
  t.match(none, { status: 202, body: { results: [{ index: 0, error: { code: 'invalid_message' } }] } })
})

t.test('large messages fit in by the thousand, and a body of more than 8 MiB is 413', async (t) => {
  const gateway = await openGateway(t)
  const large = { ...message(1), text: { body: 'x'.repeat(4_096) } }
  const messages = Array.from({ length: 1_000 }, () => large)
  t.equal((await call(gateway, '/batch', { method: 'POST', payload: { messages } })).status, 202)
  t.equal(await countMessages(gateway), 1_000)
  const heavier = messages.map((one) => ({ ...one, text: { body: 'x'.repeat(9_000) } }))
  t.match(await call(gateway, '/batch', { method: 'POST', payload: { messages: heavier } }), {
    status: 413,
    body: { code: 'payload_too_large' }
  })
})
