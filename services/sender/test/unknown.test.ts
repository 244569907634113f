import { setTimeout as sleep } from 'node:timers/promises'
import { storeStatuses } from '@wag/db'
import { eventually } from '@wag/testkit'
import t from 'tap'
import { accept as acceptPost, startGraph } from './graph.ts'
import { accept, openBench, openSender, rowOf, settle, tenantId } from './open.ts'

async function countEvents(bench: Awaited<ReturnType<typeof openBench>>, type: 'message.unsettled'): Promise<number> {
  return (await bench.db.selectFrom('events').select('seq').where('type', '=', type).execute()).length
}

t.test('what nobody settles is reported once, counted, and never sent again', async (t) => {
  const graph = await startGraph(t, (response) => response.destroy())
  const bench = await openBench(t, { GRAPH_URL: graph.url, UNKNOWN_ALERT_S: 1 })
  const [id = ''] = await accept(bench, ['a'], { metadata: { order: 1 } })
  await openSender(t, bench)
  await openSender(t, bench)
  await bench.ring()
  await eventually(async () => (await countEvents(bench, 'message.unsettled')) === 1)
  await sleep(600)
  t.equal(await countEvents(bench, 'message.unsettled'), 1)
  t.equal((await rowOf(bench, id)).state, 'unknown')
  t.equal(graph.posts.length, 1)
  const event = await bench.db
    .selectFrom('events')
    .select('data')
    .where('type', '=', 'message.unsettled')
    .executeTakeFirstOrThrow()
  t.match(event.data, { messageId: id, metadata: { order: 1 }, error: { message: /lost/ } })
  const status = { wamid: 'wamid.x', status: 'delivered', participant: '', messageId: id, content: {} }
  await bench.db.transaction().execute((trx) => storeStatuses(trx, tenantId, [status]))
  t.match(await rowOf(bench, id), { state: 'delivered', due_at: null })
})

t.test('a status in time keeps it from being reported', async (t) => {
  const graph = await startGraph(t, (response) => response.destroy())
  const bench = await openBench(t, { GRAPH_URL: graph.url, UNKNOWN_ALERT_S: 1 })
  const [id = ''] = await accept(bench, ['a'])
  await openSender(t, bench)
  await bench.ring()
  await settle(bench, ['unknown'])
  const status = { wamid: 'wamid.x', status: 'sent', participant: '', messageId: id, content: {} }
  await bench.db.transaction().execute((trx) => storeStatuses(trx, tenantId, [status]))
  await sleep(1_500)
  t.equal(await countEvents(bench, 'message.unsettled'), 0)
})

t.test('whoever asked for it gets one more POST, and only one', async (t) => {
  const graph = await startGraph(t, (response) => response.destroy())
  const bench = await openBench(t, { GRAPH_URL: graph.url, UNKNOWN_ALERT_S: 2, UNKNOWN_RESEND_S: 1 })
  const [id = ''] = await accept(bench, ['a'], { onUnknown: 'resend' })
  await openSender(t, bench)
  await openSender(t, bench)
  await bench.ring()
  await eventually(() => graph.posts.length === 2)
  await eventually(async () => (await countEvents(bench, 'message.unsettled')) === 1)
  await sleep(1_500)
  t.equal(graph.posts.length, 2)
  t.match(await rowOf(bench, id), { state: 'unknown', attempts: 2 })
})

t.test('a second POST that Meta takes settles it; what was settled meanwhile gets none', async (t) => {
  const graph = await startGraph(t, (response, post) => {
    const isFirst = graph.posts.filter(({ messageId }) => messageId === post.messageId).length === 1
    if (isFirst) response.destroy()
    else acceptPost(response, post)
  })
  const bench = await openBench(t, { GRAPH_URL: graph.url, UNKNOWN_RESEND_S: 1 })
  const [lost = '', settled = ''] = await accept(bench, ['a', 'b'], { onUnknown: 'resend' })
  await openSender(t, bench)
  await bench.ring()
  await settle(bench, ['unknown'])
  const status = { wamid: 'wamid.x', status: 'read', participant: '', messageId: settled, content: {} }
  await bench.db.transaction().execute((trx) => storeStatuses(trx, tenantId, [status]))
  await eventually(async () => (await rowOf(bench, lost)).state === 'sent')
  t.equal((await rowOf(bench, settled)).state, 'read')
  t.equal(graph.posts.length, 3)
})
