import { checkMessage, OutboundContentSchema } from '@wag/contracts'
import t from 'tap'
import { read, tableRows } from './docs-file.ts'

const text = await read('docs/messages.md')
const examples = [...text.matchAll(/```json\n(.*?)```/gs)].map(([, json = '']) => json)

/** What stands under the headings of a level. */
function headings(level: string): string[] {
  return [...text.matchAll(new RegExp(`^${level} \`(.+)\`$`, 'gm'))].map(([, name = '']) => name)
}

/** The names that tell the branches of a union apart. */
function namesOf(branches: { properties: { type: { const?: string } } }[]): (string | undefined)[] {
  return branches.map(({ properties }) => properties.type.const)
}

const contents = OutboundContentSchema.anyOf
const interactive = contents[9].properties.interactive.anyOf

t.test('docs/messages.md describes every type, every kind of interactive, and no other', async (t) => {
  t.strictSame(headings('###'), namesOf(contents))
  t.strictSame(headings('####'), namesOf(interactive))
})

t.test('each of them has an example', async (t) => {
  const bodies: unknown[] = examples.map((json) => JSON.parse(json))
  for (const type of headings('###')) t.ok(has(bodies, 'type', type), type)
  const inner = bodies.map((body) => (body as { interactive?: unknown }).interactive)
  for (const kind of headings('####')) t.ok(has(inner, 'type', kind), kind)
})

function has(bodies: unknown[], field: string, value: string): boolean {
  return bodies.some((body) => (body as Record<string, unknown> | undefined)?.[field] === value)
}

t.test('every example is taken as it stands', async (t) => {
  for (const json of examples) {
    const check = checkMessage(JSON.parse(json))
    t.strictSame(check.ok ? [] : check.problems, [], json)
  }
})

t.test('every field of the envelope that is taken is explained', async (t) => {
  const check = checkMessage({ to: '1', text: { body: 'x' }, nothing: 1 })
  const [, known = ''] = /known are (.*)$/.exec(check.ok ? '' : (check.problems[0]?.detail ?? '')) ?? []
  const fields = known.split(', ').filter((field) => field !== 'text')
  t.strictSame([...tableRows(text.split('## Types')[0] ?? '').keys()].sort(), [...fields, 'media'].sort())
})
