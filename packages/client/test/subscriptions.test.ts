import { eventually } from '@wag/testkit'
import t from 'tap'
import { createNode, createStage, follow } from './stage.ts'

t.test('a subscription added later counts from then on, also after a restart', async (t) => {
  const stage = await createStage(t)
  const node = await createNode(t, stage)
  const client = follow(t, {
    url: node.url,
    token: stage.key,
    subscriptions: [{ tenant: true, types: ['message.sent'] }]
  })
  await client.ready()
  await stage.append([{ type: 'message.read' }, { type: 'message.sent' }])
  await eventually(() => client.cursor === 2)
  await client.add({ tenant: true, types: ['message.read'] })
  await stage.append([{ type: 'message.read' }])
  await eventually(() => client.cursor === 3)
  await node.stop()
  await stage.append([{ type: 'message.failed' }, { type: 'message.read' }])
  await node.start()
  await eventually(() => client.cursor === 5)
  t.same(client.seqs, [2, 3, 5])
})

t.test('a subscription added without a connection stands with the next one', async (t) => {
  const stage = await createStage(t)
  const node = await createNode(t, stage, { isStarted: false })
  const client = follow(t, { url: node.url, token: stage.key, subscriptions: [] })
  const added = client.add({ tenant: true })
  await node.start()
  await added
  await stage.append([{}])
  await eventually(() => client.cursor === 1)
  t.same(client.seqs, [1])
})

t.test('a refused subscription is the error of whoever added it, and of nobody else', async (t) => {
  const stage = await createStage(t)
  const node = await createNode(t, stage)
  const client = follow(t, { url: node.url, token: stage.key })
  await t.rejects(client.add({ contact: 12_345 }), { code: 'not_found' })
  await stage.append([{}])
  await eventually(() => client.cursor === 1)
  t.same(client.errors, [])
})

t.test('what is removed is not heard any more; what shares its room still is', async (t) => {
  const stage = await createStage(t)
  const node = await createNode(t, stage)
  const states: string[] = []
  const client = follow(t, {
    url: node.url,
    token: stage.key,
    onState: (state) => states.push(state),
    subscriptions: [
      { tenant: true, types: ['message.sent', 'message.read'] },
      { tenant: true, types: ['message.read', 'message.failed'] }
    ]
  })
  await client.ready()
  client.remove({ tenant: true, types: ['message.failed', 'message.read'] })
  await eventually(() => states.filter((state) => state === 'connected').length === 2)
  await stage.append([{ type: 'message.failed' }, { type: 'message.read' }])
  await eventually(() => client.cursor === 2)
  client.remove({ tenant: true, types: ['message.sent', 'message.read'] })
  await client.add({ tenant: true, types: ['message.unknown'] })
  await stage.append([{ type: 'message.read' }, { type: 'message.unknown' }])
  await eventually(() => client.cursor === 4)
  t.same(client.seqs, [2, 4])
})
