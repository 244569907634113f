import { setTimeout as sleep } from 'node:timers/promises'
import { createId } from '@wag/contracts'
import { claimMessages, recordOutcomes, storeStatuses } from '@wag/db'
import { eventually } from '@wag/testkit'
import t from 'tap'
import { accept as acceptPost, startGraph } from './graph.ts'
import { accept, openBench, openSender, phoneNumberId, rowOf, settle, tenantId, texts } from './open.ts'

t.test('two senders, 300 messages, bells rung again and again: each message is POSTed exactly once', async (t) => {
  const graph = await startGraph(t)
  const bench = await openBench(t, { GRAPH_URL: graph.url })
  const ids = await accept(bench, texts(300))
  await Promise.all([openSender(t, bench), openSender(t, bench)])
  for (let bell = 0; bell < 20; bell++) await bench.ring()
  await settle(bench, ['sent'], 20_000)
  t.equal(graph.posts.length, 300)
  t.strictSame(graph.doubled(), [])
  t.same(new Set(graph.posts.map(({ messageId }) => messageId)), new Set(ids))
})

t.test('bells for numbers that have nothing to send, or never were, do nothing', async (t) => {
  const graph = await startGraph(t)
  const bench = await openBench(t, { GRAPH_URL: graph.url })
  await accept(bench, ['a'])
  await openSender(t, bench)
  await bench.ring()
  await settle(bench, ['sent'])
  await bench.ring([phoneNumberId, 'nobody', '0'])
  await accept(bench, ['b'])
  await bench.ring()
  await settle(bench, ['sent'])
  t.equal(graph.posts.length, 2)
})

t.test('messages whose bells were lost are found in the ledger', async (t) => {
  const graph = await startGraph(t)
  const bench = await openBench(t, { GRAPH_URL: graph.url })
  await accept(bench, texts(20))
  await openSender(t, bench)
  await settle(bench, ['sent'])
  t.equal(graph.posts.length, 20)
})

t.test(
  'what a killed sender had claimed becomes unknown, is not sent again, and is settled by its status',
  async (t) => {
    const graph = await startGraph(t)
    const bench = await openBench(t, { GRAPH_URL: graph.url })
    const [lost = ''] = await accept(bench, ['a'])
    const claim = createId()
    await claimMessages(bench.db, [{ phoneNumberId, claim, want: 1 }], { ttlMs: 0, horizonMs: 0 })
    await openSender(t, bench)
    await settle(bench, ['unknown'])
    await bench.ring()
    const [next = ''] = await accept(bench, ['b'])
    await bench.ring()
    await eventually(async () => (await rowOf(bench, next)).state === 'sent')
    t.strictSame(
      graph.posts.map(({ messageId }) => messageId),
      [next]
    )
    const status = { wamid: 'wamid.x', status: 'delivered', participant: '', messageId: lost, content: {} }
    await bench.db.transaction().execute((trx) => storeStatuses(trx, tenantId, [status]))
    t.match(await rowOf(bench, lost), { state: 'delivered', wamid: 'wamid.x' })
    await recordOutcomes(bench.db, [{ messageId: lost, claim, kind: 'sent', wamid: 'wamid.x' }])
    t.equal((await rowOf(bench, lost)).state, 'delivered')
  }
)

t.test('a sender told to stop finishes what it has begun and leaves the rest', async (t) => {
  const gates: (() => void)[] = []
  let isOpen = false
  const graph = await startGraph(t, (response, post) => {
    if (isOpen) acceptPost(response, post)
    else gates.push(() => acceptPost(response, post))
  })
  const bench = await openBench(t, { GRAPH_URL: graph.url, SENDER_CONCURRENCY: 3, GRAPH_TIMEOUT_MS: 10_000 })
  await accept(bench, texts(10))
  const sender = await openSender(t, bench)
  await bench.ring()
  await eventually(() => gates.length === 3)
  const closing = sender.close()
  // It takes a moment until the lanes hear of it.
  await sleep(500)
  isOpen = true
  for (const open of gates) open()
  await closing
  const rows = await bench.db.selectFrom('messages').select('state').execute()
  const count = (state: string) => rows.filter((row) => row.state === state).length
  t.strictSame([count('sent'), count('queued')], [graph.posts.length, 10 - graph.posts.length])
  t.ok(count('queued') > 0, `${count('queued')} are left`)
})
