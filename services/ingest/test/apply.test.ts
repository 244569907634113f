import { createId } from '@wag/contracts'
import { acceptMessages } from '@wag/db'
import t from 'tap'
import { body, bodyOf, change, contact, entry, message, phoneNumberId, status, wamid } from './bodies.ts'
import { openBench, openIngest, post, read, settle, tenantId } from './open.ts'
import { recipient, send } from './send.ts'

t.test('every message and status of every change of every entry counts, once', async (t) => {
  const bench = await openBench(t)
  await openIngest(t, bench)
  const sent = await send(bench, 'ours')
  await sent.record()
  const mixed = body(
    entry(
      change({ contacts: [contact('491700000001', 'Ann')], messages: [message('a'), message('b')] }),
      change({ statuses: [status('ours', 'sent'), status('ours', 'delivered')] })
    ),
    entry(
      change({
        contacts: [contact('491700000002', 'Bob')],
        messages: [message('c', { from: '491700000002' })],
        statuses: [status('ours', 'read'), status('theirs', 'sent')]
      })
    ),
    entry(change({ messages: [message('d', { from: '491700000003' })] }))
  )
  await post(bench, [mixed])
  await settle(bench)
  const { messages, statuses, contacts, quarantine, events } = await read(bench)
  t.same(new Set(messages.map((row) => row.wamid)), new Set(['a', 'b', 'c', 'd', 'ours'].map(wamid)))
  t.equal(statuses.length, 4)
  t.equal(messages.find(({ id }) => id === sent.id)?.state, 'read')
  t.same(
    new Set(contacts.map((row) => `${row.wa_id} ${row.profile_name}`)),
    new Set(['491700000001 Ann', '491700000002 Bob', '491700000003 '])
  )
  t.strictSame(quarantine, [])
  const count = (type: string) => events.filter((event) => event.type === type).length
  t.strictSame(
    ['message.received', 'message.sent', 'message.delivered', 'message.read'].map(count),
    [4, 1, 1, 1],
    'each change of state is told once'
  )
  t.strictSame(
    events.map(({ seq }) => seq),
    events.map((_, index) => index + 1)
  )
})

t.test('1,000 statuses in one body of more than a megabyte are all stored, and move their messages', async (t) => {
  const bench = await openBench(t)
  await openIngest(t, bench)
  const names = Array.from({ length: 250 }, (_, index) => `m${index}`)
  const ids = names.map(() => createId())
  const content = { type: 'text' as const, text: { body: 'x' } }
  const messages = ids.map((id) => ({ id, tenantId, phoneNumberId, recipient, content }))
  await acceptMessages(bench.db, [{ id: createId(), tenantId, messages }])
  const padding = { padding: 'p'.repeat(1_200) }
  const statuses = names.flatMap((name, index) =>
    ['sent', 'delivered', 'read', 'played'].map((word) =>
      status(name, word, { ...padding, biz_opaque_callback_data: ids[index] })
    )
  )
  const big = bodyOf({ statuses })
  t.ok(big.length > 1_000_000 && big.length < 3_000_000, `${big.length} bytes`)
  const startedAt = performance.now()
  await post(bench, [big])
  await settle(bench)
  t.comment(`${Math.round(performance.now() - startedAt)} ms`)
  const found = await read(bench)
  t.equal(found.statuses.length, 1_000)
  t.ok(found.messages.every(({ state }) => state === 'played'))
  t.equal(found.messages.length, 250)
})

t.test('the same body again, later or at the same moment, changes nothing', async (t) => {
  const bench = await openBench(t)
  await Promise.all([openIngest(t, bench), openIngest(t, bench)])
  const same = bodyOf({
    contacts: [contact('491700000001', 'Ann')],
    messages: [message('a'), message('b'), message('a')],
    statuses: [status('x', 'sent'), status('x', 'sent')]
  })
  await Promise.all(Array.from({ length: 10 }, () => post(bench, [same, same])))
  await settle(bench)
  const first = await read(bench)
  t.equal(first.messages.length, 2)
  t.equal(first.statuses.length, 1)
  t.equal(first.contacts.length, 1)
  t.equal(first.events.length, 2)
  await post(bench, [same])
  await settle(bench)
  t.strictSame(await read(bench), first)
})

t.test('a status that comes before its message is known finds it', async (t) => {
  const bench = await openBench(t)
  await openIngest(t, bench)
  const [named, unnamed] = [await send(bench, 'named'), await send(bench, 'unnamed')]
  await post(bench, [
    bodyOf({
      statuses: [status('named', 'delivered', { biz_opaque_callback_data: named.id }), status('unnamed', 'delivered')]
    })
  ])
  await settle(bench)
  const before = await read(bench)
  t.match(
    before.messages.find(({ id }) => id === named.id),
    { state: 'delivered', wamid: wamid('named') }
  )
  t.match(
    before.messages.find(({ id }) => id === unnamed.id),
    { state: 'sending', wamid: null }
  )
  await unnamed.record()
  await named.record()
  const after = await read(bench)
  t.ok(after.messages.every(({ state }) => state === 'delivered'))
})

t.test('a failure keeps what Meta says of it', async (t) => {
  const bench = await openBench(t)
  await openIngest(t, bench)
  const sent = await send(bench, 'ours')
  await sent.record()
  const errors = [{ code: 131047, title: 'Re-engagement', message: 'Too late', error_data: { details: '24 hours' } }]
  await post(bench, [bodyOf({ statuses: [status('ours', 'failed', { errors })] })])
  await settle(bench)
  const { messages, events } = await read(bench)
  t.match(messages, [{ state: 'failed', error: { code: 131047, message: /./ } }])
  t.match(events.at(-1), { type: 'message.failed', data: { messageId: sent.id, error: { code: 131047 } } })
})

t.test('texts are kept to the last code unit', async (t) => {
  const bench = await openBench(t)
  await openIngest(t, bench)
  const texts = ['👩‍👩‍👧‍👦 é', 'a\u0000b', 'x'.repeat(4_096), 'half \ud83d', '\u202e reversed', '<b>&amp;', '']
  const bodies = texts.map((text, index) => bodyOf({ messages: [message(`t${index}`, { text: { body: text } })] }))
  await post(bench, bodies)
  await settle(bench)
  const { messages, quarantine, events } = await read(bench)
  const byWamid = new Map(messages.map((row) => [row.wamid, row.content.text as { body: string }]))
  for (const [index, text] of texts.entries())
    t.equal(byWamid.get(wamid(`t${index}`))?.body, text, JSON.stringify(text))
  t.strictSame(quarantine, [])
  t.equal(events.length, texts.length)
})

t.test('the name of a contact is that of the newest profile, whatever comes last', async (t) => {
  const bench = await openBench(t)
  await openIngest(t, bench)
  const at = (timestamp: string, name: string) =>
    bodyOf({
      contacts: [contact('491700000001', name)],
      messages: [message(`at ${timestamp}`, { timestamp })]
    })
  await post(bench, [at('1750000300', 'newest')])
  await settle(bench)
  await post(bench, [at('1750000100', 'oldest'), at('1750000200', 'older')])
  await settle(bench)
  const { contacts, messages } = await read(bench)
  t.match(contacts, [{ profile_name: 'newest' }])
  t.equal(messages.length, 3)
})
