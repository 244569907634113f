import { eventually } from '@wag/testkit'
import t from 'tap'
import { body, bodyOf, change, entry, message, status, wamid } from './bodies.ts'
import { openBench, openIngest, post, read, settle, store } from './open.ts'

t.test('a body that is no JSON is kept and told of, and its neighbours count', async (t) => {
  const bench = await openBench(t)
  await openIngest(t, bench)
  const broken = [
    Buffer.from('not JSON at all'),
    Buffer.from('{"entry":['),
    Buffer.alloc(0),
    Buffer.from([0xff, 0xfe, 0x00]),
    Buffer.from('[]'),
    Buffer.from('{"entry":{}}')
  ]
  const ids = await post(bench, [bodyOf({ messages: [message('a')] }), ...broken, bodyOf({ messages: [message('b')] })])
  await settle(bench)
  const { messages, quarantine, events } = await read(bench)
  t.same(new Set(messages.map((row) => row.wamid)), new Set([wamid('a'), wamid('b')]))
  t.same(new Set(quarantine.map((row) => row.inbox_id)), new Set(ids.slice(1, -1)))
  t.ok(quarantine.every(({ reason }) => reason.length > 5))
  t.equal(events.filter(({ type }) => type === 'webhook.quarantined').length, broken.length)
  const kept = await bench.db.selectFrom('inbox').select(['id', 'body']).execute()
  for (const [index, bytes] of broken.entries()) {
    t.ok(kept.find(({ id }) => id === ids[index + 1])?.body.equals(bytes), 'byte for byte')
  }
})

t.test('a field of Meta’s that we do not know is told of and blocks nothing', async (t) => {
  const bench = await openBench(t)
  await openIngest(t, bench)
  const strange = { field: 'never_heard_of', value: { anything: [1, 2, 3] } }
  await post(bench, [body(entry(strange, change({ messages: [message('a')], statuses: [status('x', 'sent')] })))])
  await settle(bench)
  const { messages, statuses, quarantine, events } = await read(bench)
  t.strictSame([messages.length, statuses.length, quarantine.length], [1, 1, 0])
  t.match(
    events.find(({ type }) => type === 'webhook.unrecognised'),
    { data: { field: 'never_heard_of' } }
  )
})

t.test('a message of a type that we do not know, or that names no writer, is kept', async (t) => {
  const bench = await openBench(t)
  await openIngest(t, bench)
  const unknown = message('new', { type: 'hologram', hologram: { id: 7 } })
  const anonymous = message('anonymous', { from: undefined })
  await post(bench, [bodyOf({ messages: [unknown, anonymous, message('a')] })])
  await settle(bench)
  const { messages, quarantine } = await read(bench)
  t.same(new Set(messages.map((row) => row.wamid)), new Set([wamid('new'), wamid('a')]))
  t.strictSame(messages.find((row) => row.type === 'hologram')?.content.hologram, { id: 7 })
  t.match(quarantine, [{ item: { id: wamid('anonymous') }, reason: /writer/ }])
})

t.test('what PostgreSQL refuses is put aside, and everything around it counts', async (t) => {
  const bench = await openBench(t)
  // Stands for any row the ledger may refuse: of two messages of one type the second is poison.
  await bench.db.schema.alterTable('messages').addUniqueConstraint('poison', ['tenant_id', 'type']).execute()
  const good = (name: string) => message(name, { type: `type ${name}` })
  const poison = (name: string) => message(name, { type: 'poison' })
  const bodies = [
    bodyOf({ messages: [good('a'), poison('first'), good('b')] }),
    bodyOf({ messages: [good('c')], statuses: [status('x', 'sent')] }),
    bodyOf({ messages: [good('d'), poison('second'), good('e')], statuses: [status('y', 'read')] }),
    bodyOf({ messages: [good('f'), poison('third')] }),
    bodyOf({ messages: [good('g')] })
  ]
  await openIngest(t, bench)
  const ids = await post(bench, bodies)
  await settle(bench)
  const { messages, statuses, quarantine, events } = await read(bench)
  const stored = messages.filter(({ type }) => type !== 'poison').map((row) => row.wamid)
  t.same(new Set(stored), new Set(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(wamid)))
  t.equal(messages.length, 8, 'and one of the three')
  t.equal(statuses.length, 2)
  t.equal(quarantine.length, 2)
  for (const row of quarantine) {
    t.ok(ids.includes(row.inbox_id))
    t.match(row.reason, /unique constraint/)
    t.match(JSON.stringify(row.item), /wamid\./, 'the whole item is there')
  }
  t.equal(events.filter(({ type }) => type === 'message.received').length, 8)
  t.equal(events.filter(({ type }) => type === 'webhook.quarantined').length, 2)
  await post(bench, [bodyOf({ messages: [good('h')] })])
  await settle(bench)
})

t.test('ids that are too long for an index are no reason to lose their neighbours', async (t) => {
  const bench = await openBench(t)
  await openIngest(t, bench)
  const wide = (seed: number) =>
    Array.from({ length: 512 }, (_, index) => String.fromCodePoint(0x4e00 + ((index * 7919 * seed) % 20_000))).join('')
  const monster = { ...status('x', wide(3)), id: wide(1), recipient_participant_id: wide(2) }
  await post(bench, [bodyOf({ messages: [message('a')], statuses: [status('y', 'sent'), monster] })])
  await settle(bench)
  const { messages, statuses, quarantine } = await read(bench)
  t.equal(messages.length, 1)
  t.equal(statuses.length + quarantine.length, 2)
  t.ok(statuses.some((row) => row.wamid === wamid('y')))
})

t.test('as many things are kept as came in', async (t) => {
  const bench = await openBench(t)
  const kinds = Array.from({ length: 300 }, (_, index) => index)
  const changes = kinds.map((index) => {
    if (index % 3 === 0) return change({ messages: [message(`m${index}`)] })
    if (index % 3 === 1) return change({ statuses: [status(`s${index}`, 'sent')] })
    return { field: `field_${index}`, value: { index } }
  })
  const bodies = Array.from({ length: 30 }, (_, index) => body(entry(...changes.slice(index * 10, index * 10 + 10))))
  await store(bench, bodies.slice(0, 10))
  await openIngest(t, bench)
  await Promise.all(bodies.slice(10).map((one) => post(bench, [one])))
  await settle(bench)
  const { messages, statuses, events } = await read(bench)
  t.strictSame([messages.length, statuses.length], [100, 100])
  t.equal(events.filter(({ type }) => type === 'webhook.unrecognised').length, 100)
  t.strictSame(
    events.map(({ seq }) => seq),
    events.map((_, index) => index + 1)
  )
})

t.test('a webhook that fails for no fault of its own waits, and holds up no other', async (t) => {
  const bench = await openBench(t)
  await openIngest(t, bench)
  // Only what has to be put aside needs this column.
  await bench.db.schema.alterTable('quarantine').renameColumn('reason', 'away').execute()
  await post(bench, [Buffer.from('no JSON'), ...['a', 'b', 'c'].map((name) => bodyOf({ messages: [message(name)] }))])
  await eventually(async () => (await bench.db.selectFrom('messages').select('id').execute()).length === 3)
  const waiting = await bench.db.selectFrom('inbox').select('id').where('processed_at', 'is', null).execute()
  t.equal(waiting.length, 1)
  await bench.db.schema.alterTable('quarantine').renameColumn('away', 'reason').execute()
  await settle(bench)
  t.equal((await read(bench)).quarantine.length, 1, 'kept once it can be')
})
