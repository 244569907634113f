import { createId } from '@wag/contracts'
import { createTestRedis, eventually, startTestRedis } from '@wag/testkit'
import t from 'tap'
import { type HintHandlers, listen, openPublisher } from '../src/index.ts'
import { ignore, openRedis } from './open.ts'

type Test = Parameters<typeof createTestRedis>[0]

function open(t: Test, where: { url: string; prefix: string }, handlers: HintHandlers): void {
  const listening = listen({ ...where, name: 'test', onError: ignore }, handlers)
  t.teardown(() => listening.close())
}

t.test('every listener hears every hint of its kind, and no other', async (t) => {
  const where = await createTestRedis(t)
  const publisher = openPublisher({ redis: await openRedis(t, where.url), prefix: where.prefix })
  const heard = { one: [] as unknown[], two: [] as unknown[], outcomes: [] as unknown[] }
  open(t, where, { onEvents: (hint) => heard.one.push(hint) })
  open(t, where, { onEvents: (hint) => heard.two.push(hint), onOutcomes: (hint) => heard.outcomes.push(hint) })
  const hint = { tenantId: createId(), seq: 7 }
  const outcome = { messageIds: [createId()] }
  await eventually(async () => {
    await publisher.eventsGrew(hint)
    await publisher.sendsEnded(outcome)
    return heard.one.length > 0 && heard.two.length > 0 && heard.outcomes.length > 0
  })
  t.strictSame([heard.one[0], heard.two[0], heard.outcomes[0]], [hint, hint, outcome])
  t.notOk(heard.one.some((one) => 'messageIds' in (one as object)))
})

t.test('what is not a hint of ours is ignored', async (t) => {
  const where = await createTestRedis(t)
  const redis = await openRedis(t, where.url)
  const heard: unknown[] = []
  open(t, where, { onEvents: (hint) => heard.push(hint), onOutcomes: (hint) => heard.push(hint) })
  const strange = ['', 'x', '{', 'null', '7', '{"tenantId":1,"seq":"x"}', '{"messageIds":"all"}', '[]']
  const publisher = openPublisher({ redis, prefix: where.prefix })
  await eventually(async () => {
    for (const text of strange) {
      await redis.publish(`${where.prefix}:events`, text)
      await redis.publish(`${where.prefix}:outcomes`, text)
    }
    await publisher.eventsGrew({ tenantId: createId(), seq: 1 })
    return heard.length > 0
  })
  t.ok(heard.every((hint) => (hint as { seq?: number }).seq === 1))
})

t.test('a listener hears again after its connection was cut, and is told to look', async (t) => {
  const server = await startTestRedis(t)
  const where = { url: server.url, prefix: 'test' }
  const redis = await openRedis(t, where.url)
  const publisher = openPublisher({ redis, prefix: where.prefix })
  let heard = 0
  let resumed = 0
  open(t, where, { onEvents: () => heard++, onResume: () => resumed++ })
  const tell = () => publisher.eventsGrew({ tenantId: createId(), seq: 1 })
  await eventually(() => tell().then(() => heard > 0))
  for (let cut = 0; cut < 3; cut++) {
    const [before, resumedBefore] = [heard, resumed]
    await redis.client('KILL', 'TYPE', 'PUBSUB')
    await eventually(() => resumed > resumedBefore)
    await eventually(() => tell().then(() => heard > before))
  }
  t.equal(resumed, 4)
})
