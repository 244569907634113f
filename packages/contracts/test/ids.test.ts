import t from 'tap'
import { createId, defaultTenantId, ingestQueueName, isId, sendQueueName } from '../src/index.ts'

t.test('ids sort by the order they were made in', async (t) => {
  const ids = Array.from({ length: 10_000 }, createId)
  t.strictSame(ids, [...ids].sort())
  t.equal(new Set(ids).size, ids.length)
})

t.test('an id begins with the millisecond it was made in', async (t) => {
  const before = Date.now()
  const madeAt = Number.parseInt(createId().replace('-', '').slice(0, 12), 16)
  t.ok(madeAt >= before && madeAt <= Date.now())
})

t.test('only what can be one of our ids is looked up', async (t) => {
  for (const value of [createId(), defaultTenantId]) t.ok(isId(value))
  const strange = ['', 'x', createId().toUpperCase(), `${createId()} `, `{${createId()}}`, createId().slice(1), 7, null]
  for (const value of strange) t.notOk(isId(value), String(value))
})

t.test('all keys of one queue lie together in a Redis Cluster', async (t) => {
  for (const name of [sendQueueName, ingestQueueName]) t.match(name, /^\{[^}]+\}$/)
})
