import fc from 'fast-check'
import t from 'tap'
import { parseWebhook } from '../src/index.ts'
import { bodyOf, bytesOf, createValue, delivered, text } from './bodies.ts'

t.test('any bytes give a list', async (t) => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => Array.isArray(parseWebhook(bytes))))
  t.pass()
})

t.test('any JSON gives a list of at least one item, and what can be stored', async (t) => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      const items = parseWebhook(Buffer.from(json))
      JSON.stringify(items)
      return items.length > 0
    })
  )
  t.pass()
})

const anything = fc.oneof(fc.jsonValue(), fc.constantFrom(null, undefined, [], {}, '', 0))

t.test('any value in any place gives a list', async (t) => {
  const change = fc.record({ field: anything, value: anything }, { requiredKeys: [] })
  const element = fc.oneof(anything, fc.record({ id: anything, from: anything, status: anything, errors: anything }))
  const list = fc.oneof(anything, fc.array(element, { maxLength: 3 }))
  const value = fc.record({ metadata: anything, contacts: list, messages: list, statuses: list, errors: list })
  const changes = fc.array(fc.oneof(change, fc.record({ value })), { maxLength: 3 })
  const entry = fc.oneof(anything, fc.record({ id: anything, changes }))
  fc.assert(
    fc.property(fc.record({ entry: fc.array(entry, { maxLength: 3 }) }), (body) => {
      for (const item of parseWebhook(bytesOf(body))) JSON.stringify(item)
    })
  )
  t.pass()
})

t.test('as many items come out as went in, in their order', async (t) => {
  const id = fc.string({ minLength: 1, maxLength: 20 })
  const value = fc.record({
    contacts: fc.array(id.map((wa_id) => ({ wa_id }))),
    messages: fc.array(id.map((wamid) => ({ ...text, id: wamid }))),
    statuses: fc.array(id.map((wamid) => ({ ...delivered, id: wamid }))),
    errors: fc.array(fc.constant({ code: 1 }))
  })
  const entries = fc.array(fc.array(value, { maxLength: 4 }), { maxLength: 4 })
  fc.assert(
    fc.property(entries, (values) => {
      const entry = values.map((list) => ({
        changes: list.map((one) => ({ field: 'messages', value: createValue(one) }))
      }))
      const items = parseWebhook(bytesOf({ entry }))
      const flat = values.flat()
      for (const [kind, name] of [
        ['contact', 'contacts'],
        ['message', 'messages'],
        ['status', 'statuses']
      ] as const) {
        const count = flat.reduce((sum, one) => sum + one[name].length, 0)
        if (items.filter((item) => item.kind === kind).length !== count) return false
      }
      const errors = flat.reduce((sum, one) => sum + one.errors.length, 0)
      return items.filter((item) => item.kind === 'other').length === errors
    })
  )
  t.pass()
})

t.test('a thousand statuses are a thousand items', async (t) => {
  const statuses = Array.from({ length: 1000 }, (_, i) => ({ ...delivered, id: `wamid.${i}`, pad: 'x'.repeat(2500) }))
  const items = parseWebhook(bodyOf(createValue({ statuses })))
  t.equal(new Set(items.map((item) => item.kind === 'status' && item.wamid)).size, 1000)
})
