import { setTimeout as sleep } from 'node:timers/promises'
import { eventually, type TestContext } from '@wag/testkit'
import t from 'tap'
import { createNode, createStage, follow, range, type Stage } from './stage.ts'

/** Writes an event every few milliseconds until told to stop; resolves with the last seq. */
function keepWriting(t: TestContext, stage: Stage): () => Promise<number> {
  let isOver = false
  const writing = (async () => {
    let seq = 0
    while (!isOver) {
      seq = await stage.append([{ data: { contactId: 1 } }])
      await sleep(3)
    }
    return seq
  })()
  const stop = (): Promise<number> => {
    isOver = true
    return writing
  }
  t.teardown(stop)
  return stop
}

t.test('a node that restarts twice under load costs no event and doubles none', async (t) => {
  const stage = await createStage(t)
  const node = await createNode(t, stage)
  const client = follow(t, { url: node.url, token: stage.key })
  await client.ready()
  const stop = keepWriting(t, stage)
  for (let round = 0; round < 2; round++) {
    await eventually(() => client.seqs.length > 50 * (round + 1))
    await node.stop()
    await eventually(() => client.state !== 'connected')
    await sleep(200)
    await node.start()
    await eventually(() => client.state === 'connected')
  }
  const last = await stop()
  await eventually(() => client.cursor === last)
  t.same(client.seqs, range(1, last))
  t.ok(client.errors.length > 0, 'what happened was told')
  t.ok(
    client.errors.every(({ code }) => ['disconnected', 'unreachable'].includes(code)),
    client.errors.map(({ code }) => code).join()
  )
})

t.test('a client without a cursor is not left with a gap when it is cut before its first event', async (t) => {
  const stage = await createStage(t)
  const node = await createNode(t, stage)
  await stage.append([{}, {}])
  const client = follow(t, { url: node.url, token: stage.key })
  await client.ready()
  t.equal(client.cursor, 2, 'the answer to the subscription says where it began')
  await node.stop()
  await stage.append([{}, {}])
  await node.start()
  await eventually(() => client.seqs.length === 2)
  t.same(client.seqs, [3, 4])
})

t.test('a stored cursor goes on where another process was', async (t) => {
  const stage = await createStage(t)
  const node = await createNode(t, stage)
  await stage.append(range(1, 1_700).map(() => ({})))
  const first = follow(t, { url: node.url, token: stage.key, after: 0 })
  await eventually(() => first.seqs.length > 0)
  first.close()
  await first.closed
  t.equal(first.state, 'closed')
  const handled = first.seqs.length
  t.equal(first.cursor, first.seqs.at(-1))
  const second = follow(t, { url: node.url, token: stage.key, after: first.cursor })
  await eventually(() => second.cursor === 1_700)
  t.same([...first.seqs, ...second.seqs], range(1, 1_700))
  t.equal(first.seqs.length, handled, 'nothing came after it was closed')
})

t.test('a cursor that lies too far back, or nowhere, is answered with reload, and events go on after it', async (t) => {
  const stage = await createStage(t, { REALTIME_BACKFILL_EVENTS_MAX: 50 })
  const node = await createNode(t, stage)
  await stage.append(range(1, 100).map(() => ({})))
  for (const after of [10, 9_999]) {
    const steps: string[] = []
    const client = follow(t, {
      url: node.url,
      token: stage.key,
      after,
      onEvent: ({ seq }) => steps.push(`event ${seq}`),
      async onReload({ oldest, newest }) {
        steps.push(`reload ${oldest} ${newest}`)
        await sleep(50)
        steps.push('reloaded')
      }
    })
    await eventually(() => steps.length > 0)
    const next = await stage.append([{}])
    await eventually(() => client.cursor === next)
    t.same(steps, [`reload 1 ${next - 1}`, 'reloaded', `event ${next}`])
  }
})

t.test('whoever does not listen to reload is told by onError', async (t) => {
  const stage = await createStage(t, { REALTIME_BACKFILL_EVENTS_MAX: 50 })
  const node = await createNode(t, stage)
  await stage.append(range(1, 100).map(() => ({})))
  const client = follow(t, { url: node.url, token: stage.key, after: 1 })
  await eventually(() => client.cursor === 100)
  t.same(
    client.errors.map(({ code }) => code),
    ['reload']
  )
})

t.test('the cursor of a quiet subscription follows the log', async (t) => {
  const stage = await createStage(t)
  const node = await createNode(t, stage)
  const client = follow(t, {
    url: node.url,
    token: stage.key,
    subscriptions: [{ tenant: true, types: ['message.failed'] }],
    timing: { markMs: 30 }
  })
  await client.ready()
  await stage.append(range(1, 40).map(() => ({})))
  await eventually(() => client.cursor === 40)
  t.same(client.seqs, [])
})
