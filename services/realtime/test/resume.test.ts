import { type Event } from '@wag/contracts'
import { eventually } from '@wag/testkit'
import t from 'tap'
import { connectSocket, createStage, startNode } from './stage.ts'

/** `count` events of contacts 1 to 3 in turn. */
function mixed(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    data: { contactId: 1 + (index % 3), reason: 'x'.repeat(200) }
  }))
}

t.test('a client that comes back gets everything it missed, once and in order, while more is written', async (t) => {
  const stage = await createStage(t)
  const { url } = await startNode(t, stage)
  await stage.append(mixed(2_600))
  const events: Event[] = []
  const socket = await connectSocket(t, url, { token: stage.key, after: 10 })
  socket.on('event', (event: Event) => events.push(event))
  t.same(await socket.emitWithAck('subscribe', { tenant: true }), { ok: true, seq: 10 })
  for (let round = 0; round < 20; round++) await stage.append(mixed(25))
  await eventually(() => events.length >= 3_090)
  t.same(
    events.map(({ seq }) => seq),
    Array.from({ length: 3_090 }, (_, index) => index + 11)
  )
})

t.test('subscriptions sent together resume together, each event once, of their types only', async (t) => {
  const stage = await createStage(t)
  const { url } = await startNode(t, stage)
  await stage.append([
    { data: { phoneNumberId: '5' } },
    { type: 'message.sent', data: { phoneNumberId: '5' } },
    { type: 'webhook.unrecognised', data: {} },
    { type: 'message.read', data: { phoneNumberId: '6' } }
  ])
  const seqs: number[] = []
  const socket = await connectSocket(t, url, { token: stage.key, after: 0 })
  socket.on('event', ({ seq }: Event) => seqs.push(seq))
  await Promise.all([
    socket.emitWithAck('subscribe', { tenant: true, types: ['message.sent', 'message.read'] }),
    socket.emitWithAck('subscribe', [{ tenant: true, types: ['message.sent'] }])
  ])
  await stage.append([{ type: 'message.failed' }, { type: 'message.read' }])
  await eventually(() => seqs.length >= 3)
  t.same(seqs, [2, 4, 6])
})

t.test('a seq from nowhere, and one too far back, are answered with reload', async (t) => {
  const stage = await createStage(t, { REALTIME_BACKFILL_EVENTS_MAX: 50 })
  const { url } = await startNode(t, stage)
  await stage.append(mixed(100))
  for (const after of [9_999, 10]) {
    const socket = await connectSocket(t, url, { token: stage.key, after })
    const reload = new Promise((resolve) => socket.once('reload', resolve))
    const seqs: number[] = []
    socket.on('event', ({ seq }: Event) => seqs.push(seq))
    await socket.emitWithAck('subscribe', { tenant: true })
    const told = (await reload) as { oldest: number; newest: number }
    t.equal(told.oldest, 1)
    const next = await stage.append(mixed(1))
    await eventually(() => seqs.length > 0)
    t.same(seqs, [next], 'goes on from the end of the log')
  }
})

t.test('a seq that another node has shown already is known to a node that lags', async (t) => {
  const stage = await createStage(t)
  const { url } = await startNode(t, stage)
  const first = await connectSocket(t, url, { token: stage.key })
  await first.emitWithAck('subscribe', { tenant: true })
  const seq = await stage.append(mixed(3), { hint: false })
  const second = await connectSocket(t, url, { token: stage.key, after: seq })
  const seen: string[] = []
  second.onAny((name: string) => seen.push(name))
  await second.emitWithAck('subscribe', { tenant: true })
  await stage.append(mixed(1))
  await eventually(() => seen.length > 0)
  t.same(seen, ['event'])
})

t.test('what one subscription lets go another keeps', async (t) => {
  const stage = await createStage(t)
  const { url } = await startNode(t, stage)
  const socket = await connectSocket(t, url, { token: stage.key })
  const types: string[] = []
  socket.on('event', ({ type }: Event) => types.push(type))
  await socket.emitWithAck('subscribe', { tenant: true, types: ['message.sent', 'message.read'] })
  await socket.emitWithAck('subscribe', { tenant: true, types: ['message.read'] })
  await socket.emitWithAck('unsubscribe', { tenant: true, types: ['message.read'] })
  await stage.append([{ type: 'message.read' }])
  await eventually(() => types.length > 0)
  await socket.emitWithAck('unsubscribe', { tenant: true, types: ['message.read', 'message.sent'] })
  await socket.emitWithAck('subscribe', { tenant: true, types: ['message.failed'] })
  await stage.append([{ type: 'message.sent' }, { type: 'message.read' }, { type: 'message.failed' }])
  await eventually(() => types.length > 1)
  t.same(types, ['message.read', 'message.failed'])
})
