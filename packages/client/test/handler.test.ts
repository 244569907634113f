import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '@wag/testkit'
import t from 'tap'
import { createNode, createStage, follow, range } from './stage.ts'

t.test('events are handled one by one, and the cursor moves when one is done', async (t) => {
  const stage = await createStage(t)
  const node = await createNode(t, stage)
  let running = 0
  let most = 0
  const cursors: (number | undefined)[] = []
  const client = follow(t, {
    url: node.url,
    token: stage.key,
    after: 0,
    async onEvent() {
      most = Math.max(most, ++running)
      cursors.push(client.cursor)
      await sleep(2)
      running--
    }
  })
  await stage.append(range(1, 30).map(() => ({})))
  await eventually(() => client.cursor === 30)
  t.equal(most, 1)
  t.same(cursors, range(0, 29))
  t.ok(client.lag !== undefined && client.lag >= 0 && client.lag < 5_000, `lag ${client.lag}`)
})

t.test('a slow handler never has more than so many events waiting, and gets them all', async (t) => {
  const stage = await createStage(t)
  const node = await createNode(t, stage)
  const states: string[] = []
  await stage.append(range(1, 900).map(() => ({})))
  const client = follow(t, {
    url: node.url,
    token: stage.key,
    after: 0,
    bufferedMax: 100,
    onState: (state) => states.push(state),
    onEvent: () => sleep(1)
  })
  await eventually(() => client.cursor === 900, { timeoutMs: 20_000 })
  t.same(client.seqs, range(1, 900))
  const returns = states.filter((state) => state === 'waiting').length
  t.ok(returns >= 5 && returns <= 15, `it stepped back from the server until it had room: ${returns} times`)
  t.same(client.errors, [], 'which is no error')
})

t.test('a handler that keeps up is never cut off', async (t) => {
  const stage = await createStage(t)
  const node = await createNode(t, stage)
  const states: string[] = []
  await stage.append(range(1, 5_000).map(() => ({ data: { reason: 'x'.repeat(200) } })))
  const client = follow(t, { url: node.url, token: stage.key, after: 0, onState: (state) => states.push(state) })
  await eventually(() => client.cursor === 5_000)
  t.same(client.seqs, range(1, 5_000))
  t.same(states, ['connected'])
})

t.test('an event whose handler fails comes again before any other', async (t) => {
  const stage = await createStage(t)
  const node = await createNode(t, stage)
  let failures = 0
  const client = follow(t, {
    url: node.url,
    token: stage.key,
    after: 0,
    async onEvent({ seq }) {
      await sleep(1)
      if (seq === 3 && failures++ < 2) throw new Error('not now')
    }
  })
  await stage.append(range(1, 6).map(() => ({})))
  await eventually(() => client.cursor === 6)
  t.same(client.seqs, [1, 2, 3, 3, 3, 4, 5, 6])
  t.same(
    client.errors.map(({ code, cause }) => [code, cause]),
    [
      ['handler', new Error('not now')],
      ['handler', new Error('not now')]
    ]
  )
})

t.test('close lets the event at hand finish and begins no other', async (t) => {
  const stage = await createStage(t)
  const node = await createNode(t, stage)
  let finished = 0
  const client = follow(t, {
    url: node.url,
    token: stage.key,
    after: 0,
    async onEvent({ seq }) {
      if (seq === 2) client.close()
      await sleep(50)
      finished = seq
    }
  })
  await stage.append(range(1, 6).map(() => ({})))
  await client.closed
  t.equal(finished, 2)
  t.equal(client.cursor, 2)
  t.same(client.seqs, [1, 2])
  await t.rejects(client.ready(), { code: 'closed' })
  await t.rejects(client.add({ tenant: true }), { code: 'closed' })
})
