import { EventDataSchema, eventTypes } from '@wag/contracts'
import t from 'tap'
import { read, sections, tableRows } from './docs-file.ts'

const text = await read('docs/events.md')
const types = sections(text)
const fields = Object.keys(EventDataSchema.properties).sort()

t.test('docs/events.md describes every type of event, and no other', async (t) => {
  t.strictSame([...types.keys()].sort(), eventTypes.toSorted())
})

t.test('it explains every field of an event, and no other', async (t) => {
  t.strictSame([...tableRows(text).keys()].sort(), fields)
})

t.test('every type names its fields, or the type that has the same', async (t) => {
  const named = new Set<string>()
  for (const [type, description] of types) {
    const [, data = ''] = /Data:\s+(.*)/s.exec(description) ?? []
    const names = [...data.matchAll(/`([\w.]+)`/g)].map(([, name = '']) => name)
    t.ok(names.length > 0, type)
    for (const name of names) if (fields.includes(name)) named.add(name)
    const others = names.filter((name) => !fields.includes(name) && !types.has(name) && !['in', 'out'].includes(name))
    t.strictSame(others, [], `${type} names only fields there are`)
  }
  t.strictSame([...named].sort(), fields, 'every field belongs to some type')
})
