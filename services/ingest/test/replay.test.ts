import { giveUpWebhook, replayWebhooks } from '@wag/db'
import { eventually } from '@wag/testkit'
import t from 'tap'
import { body, bodyOf, change, contact, entry, message, status, wamid } from './bodies.ts'
import { openBench, openIngest, post, read, settle, store, tenantId } from './open.ts'

const mixed = body(
  entry(
    change({ contacts: [contact('491700000001', 'Ann')], messages: [message('a'), message('b')] }),
    change({ statuses: [status('sent by others', 'sent'), status('sent by others', 'read')] })
  )
)

t.test('replaying what was processed changes no state and raises no event twice', async (t) => {
  const bench = await openBench(t)
  await openIngest(t, bench)
  const ids = await post(bench, [mixed, Buffer.from('no JSON'), bodyOf({ messages: [message('c')] })])
  await settle(bench)
  const before = await read(bench)
  for (let round = 0; round < 3; round++) {
    const replayed = await replayWebhooks(bench.db, tenantId, ids)
    t.equal(replayed.length, ids.length)
    await settle(bench)
  }
  const after = await read(bench)
  t.strictSame(
    after.quarantine.map(({ id }) => id),
    before.quarantine.map(({ id }) => id)
  )
  const { quarantine: _before, ...kept } = before
  t.match(after, kept)
  t.strictSame(after.events.length, before.events.length)
})

t.test('what was put aside goes in by a replay once its cause is gone, and quarantine is empty then', async (t) => {
  const bench = await openBench(t)
  // Stands for a mistake of ours: of two messages of one type the second is refused.
  await bench.db.schema.alterTable('messages').addUniqueConstraint('mistake', ['tenant_id', 'type']).execute()
  await openIngest(t, bench)
  const [id = ''] = await post(bench, [bodyOf({ messages: [message('a'), message('b')] })])
  await settle(bench)
  t.equal((await read(bench)).quarantine.length, 1)
  await replayWebhooks(bench.db, tenantId, [id])
  await settle(bench)
  t.equal((await read(bench)).quarantine.length, 1, 'the cause is still there')
  await bench.db.schema.alterTable('messages').dropConstraint('mistake').execute()
  await replayWebhooks(bench.db, tenantId, [id])
  await settle(bench)
  const { messages, quarantine, events } = await read(bench)
  t.same(new Set(messages.map((row) => row.wamid)), new Set([wamid('a'), wamid('b')]))
  t.strictSame(quarantine, [])
  t.equal(events.filter(({ type }) => type === 'message.received').length, 2)
  t.equal(events.filter(({ type }) => type === 'webhook.quarantined').length, 1, 'told once')
})

t.test('a webhook that cannot be applied is put off for longer each time, and tells why', async (t) => {
  const bench = await openBench(t)
  await openIngest(t, bench)
  // Stands for a ledger that is not what the code expects.
  await bench.db.schema.alterTable('statuses').renameTo('statuses_away').execute()
  const [id = ''] = await store(bench, [bodyOf({ statuses: [status('x', 'sent')] })])
  const row = () => bench.db.selectFrom('inbox').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const failed = await eventually(() => row().then((found) => (found.attempts >= 2 ? found : undefined)), {
    timeoutMs: 15_000
  })
  t.match(failed.last_error, /statuses/)
  t.ok((failed.retry_at?.getTime() ?? 0) > Date.now() + 500, 'it waits')
  await bench.db.schema.alterTable('statuses_away').renameTo('statuses').execute()
  await settle(bench)
  t.equal((await read(bench)).statuses.length, 1)
})

t.test('a webhook that was given up is kept whole, told of once, and goes in by a replay', async (t) => {
  const bench = await openBench(t)
  const [id = ''] = await store(bench, [bodyOf({ messages: [message('a')] })])
  t.equal((await giveUpWebhook(bench.db, id, 'given up')).length, 1)
  t.equal((await giveUpWebhook(bench.db, id, 'given up')).length, 0)
  t.match((await read(bench)).quarantine, [{ inbox_id: id, item: null, reason: 'given up' }])
  await openIngest(t, bench)
  await replayWebhooks(bench.db, tenantId, [id])
  await settle(bench)
  const { messages, quarantine } = await read(bench)
  t.strictSame([messages.length, quarantine.length], [1, 0])
})
